/** The rows of a sheet by RFC 4180; the byte order mark in front belongs to none. Throws when a quote is not where it may be. */
export function csvIn(text: string): string[][] {
  const rows: string[][] = [[]]
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/uy
  field.lastIndex = text.startsWith('\uFEFF') ? 1 : 0
  while (field.lastIndex < text.length) {
    const [, quoted, plain, end] = field.exec(text) ?? []
    if (end === undefined) throw new Error('a field is not closed as RFC 4180 wants it')
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!)
    if (end === '\r\n') rows.push([])
  }
  return rows.slice(0, -1)
}
