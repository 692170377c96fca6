/** What a server asks of the database by itself, whoever else asks what. */
export const background =
  /\b(outbox|event|event_reader|pgboss|timer|calendar_version|delivery|notice_preference|periodFrom)\b|extract\(epoch|^(begin|commit|rollback)\b/i
/** The SQL of what is passed to a client of the database. */
export const textOf = (query: unknown): string => (typeof query === 'string' ? query : String((query as { text?: string } | undefined)?.text))
