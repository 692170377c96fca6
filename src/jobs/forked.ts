/** What was signed once is no longer the beginning of what is there: the history was changed or set back. For a person to look at. */
export class Forked extends Error {}
