import * as crypto from 'node:crypto';

/** SHA-256 of a text as UTF-8, in hexadecimal. */
export const sha256 = (text: string): string => crypto.hash('sha256', text, 'hex');
