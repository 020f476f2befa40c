/** What was read, or what is wrong with the text: a sentence that says what to write instead. */
export type Reading<T> = { readonly value: T } | { readonly problem: string };
