import type { FileHandle } from 'node:fs/promises'

export type File = Pick<FileHandle, 'stat' | 'read' | 'truncate' | 'appendFile' | 'sync'>

/** More than a note can have, and room for several. */
const noteBytes = 4 * 1024
const tailBytes = 16 * 1024
const signature = Buffer.from('\n— ')
const emptyLine = Buffer.from('\n\n')

/**
 * The end of a file of notes, without what a writer who was killed left behind its last whole note: that is cut off.
 * Output: the text, and how many bytes were cut off. Throws when that would be more than a note: then it is no such file.
 */
export async function endOf(file: File): Promise<{ readonly text: string; readonly torn: number }> {
  const { size } = await file.stat()
  const from = Math.max(0, size - tailBytes)
  const tail = Buffer.alloc(size - from)
  await file.read(tail, 0, tail.length, from)
  const whole = wholeNotes(tail)
  if (tail.length - whole > noteBytes) throw new Error(`the file of checkpoints ends with ${tail.length - whole} bytes that are none`)
  if (whole < tail.length) await file.truncate(from + whole)
  return { text: tail.subarray(0, whole).toString(), torn: tail.length - whole }
}

/** Where the last whole note ends: behind the empty line that follows its signatures. */
function wholeNotes(bytes: Buffer): number {
  for (let at = bytes.lastIndexOf(emptyLine); at > 0; at = bytes.lastIndexOf(emptyLine, at - 1)) {
    const line = bytes.lastIndexOf('\n', at - 1)
    if (bytes.subarray(line, line + signature.length).equals(signature)) return at + emptyLine.length
  }
  return 0
}
