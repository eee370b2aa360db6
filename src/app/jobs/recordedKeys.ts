import type { RecordingStep } from '../../protocol/jobs/recording.ts';
import { selectorsOf } from './recordedSelectors.ts';
import { sensitiveKind } from './typedInputs.ts';

const modifiers: ReadonlySet<string> = new Set(['Control', 'Shift', 'Alt', 'Meta']);

/** Makes key presses of recorded keys that go down and up. */
export class RecordedKeys {
  readonly #steps: readonly RecordingStep[];
  readonly #held = new Set<string>();

  constructor(steps: readonly RecordingStep[]) {
    this.#steps = steps;
  }

  /** The key or chord that is pressed with this step, if any. Steps are read in their order. */
  read({ type, key = '' }: RecordingStep, index: number): string[] {
    if (modifiers.has(key)) {
      if (type === 'keyDown') this.#held.add(key);
      else this.#held.delete(key);
      return [];
    }
    if (type !== 'keyDown' || key === '') return [];
    const chord = [...this.#held];
    const isCommand = chord.some((held) => held !== 'Shift');
    const types = /^.$/su.test(key);
    // What is typed letter by letter is in the change that follows; into a field for a secret it must not be kept at all.
    if (types && !isCommand && (this.#isFollowedByChange(index) || this.#isInSecretField(index))) return [];
    const name = key === ' ' ? 'Space' : key;
    // A capital letter has its Shift already.
    return [[...(types && !isCommand ? [] : chord), name].join('+')];
  }

  #isFollowedByChange(index: number): boolean {
    for (let at = index + 1; at < this.#steps.length; at++) {
      const type = this.#steps[at]?.type;
      if (type !== 'keyDown' && type !== 'keyUp') return type === 'change';
    }
    return false;
  }

  #isInSecretField(index: number): boolean {
    for (let at = index - 1; at >= 0; at--) {
      const step = this.#steps[at];
      if (step !== undefined && step.type !== 'keyDown' && step.type !== 'keyUp') {
        return sensitiveKind(selectorsOf(step).flat().join(' '), '') !== null;
      }
    }
    return false;
  }
}
