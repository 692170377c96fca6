import { createHash } from 'node:crypto'

/** Ours alone: it makes the ids of the demonstration the same in every database. */
const namespace = Buffer.from('6f1c3f5e8a0b4c7d9e21c0de5167a001', 'hex')

/** UUID v5 (RFC 9562, 5.5) of a name in the namespace of the demonstration. */
export function uuidV5(name: string): string {
  const bytes = createHash('sha1').update(namespace).update(name, 'utf8').digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x50
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** In: the code of a department. Out: its id. */
export const departmentId = (code: string): string => uuidV5(`department:${code}`)
/** In: a login. Out: the id of the account. */
export const employeeId = (login: string): string => uuidV5(`employee:${login}`)
/** In: a login. Out: the id of the human being behind it. */
export const personId = (login: string): string => uuidV5(`person:${login}`)
/** In: the code of a customer. Out: its id. */
export const customerId = (code: string): string => uuidV5(`customer:${code}`)
