import type { Readable, Writable } from 'node:stream';
import * as clack from '@clack/prompts';

/** Somebody pressed Ctrl-C or Escape. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

type Choice<Value> = { value: Value; label: string; hint?: string | undefined };

type Validate = (value: string) => string | undefined;

/** Lists longer than this are searched by typing. */
const maxPlainList = 8;

type Terminal = { input: Readable; output: Writable; signal: AbortSignal };

/** Questions in the terminal. Every method throws Cancelled if somebody cancels. */
export const createPrompts = ({ input, output, signal }: Terminal) => {
  const common = { input, output, signal };
  const answered = async <T>(answer: Promise<T | symbol>): Promise<T> => {
    const value = await answer;
    if (typeof value === 'symbol') throw new Cancelled();
    return value;
  };
  const check = (validate: Validate | undefined) => validate && ((value: string | undefined) => validate(value ?? ''));

  return {
    intro: (title: string): void => clack.intro(title, common),
    outro: (text: string): void => clack.outro(text, common),
    say: (text: string): void => clack.log.message(text, common),
    step: (text: string): void => clack.log.step(text, common),
    success: (text: string): void => clack.log.success(text, common),
    warn: (text: string): void => clack.log.warn(text, common),
    /** Without a frame, so that it can be copied whole. */
    plain: (text: string): void => void output.write(`\n${text.trimEnd()}\n\n`),

    text: (question: { message: string; initial?: string; placeholder?: string; validate?: Validate }) =>
      answered<string>(
        clack.text({
          ...common,
          message: question.message,
          initialValue: question.initial ?? '',
          placeholder: question.placeholder ?? '',
          ...(question.validate && { validate: check(question.validate) }),
        }),
      ).then((value) => value.trim()),

    lines: (question: { message: string; initial?: string; validate: Validate }) =>
      answered<string>(
        clack.multiline({
          ...common,
          message: question.message,
          initialValue: question.initial ?? '',
          validate: check(question.validate),
        }),
      ).then((value) => value.trim()),

    secret: (question: { message: string; validate: Validate }) =>
      answered<string>(
        clack.password({ ...common, message: question.message, validate: check(question.validate) }),
      ).then((value) => value.trim()),

    select: <const Value extends string>(message: string, choices: readonly Choice<Value>[]): Promise<Value> => {
      const options = choices.map(({ value, label, hint }) => ({ value, label, ...(hint && { hint }) })) as Parameters<
        typeof clack.select<Value>
      >[0]['options'];
      return answered<Value>(
        choices.length > maxPlainList
          ? clack.autocomplete<Value>({ ...common, message, options: [...options], maxItems: maxPlainList })
          : clack.select<Value>({ ...common, message, options }),
      );
    },

    confirm: (message: string): Promise<boolean> => answered<boolean>(clack.confirm({ ...common, message })),
  };
};

export type Prompts = ReturnType<typeof createPrompts>;
