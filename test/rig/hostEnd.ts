/** Name of the test that marks the end. */
export const endOfHostTests = 'end of the host tests';
