import { createHmac } from 'node:crypto'
import { signInStream } from '../audit/chain.js'
import { type Keyring, keyInUse, secretOf } from '../audit/keyring.js'
import { type Label, reason } from '../define/index.js'
import type { CommandStore } from '../engine/case-store.js'
import { entryWith } from '../engine/entry.js'

/** Why a sign-in failed, as an auditor reads it; whoever tries learns only the code. */
const causes = {
  WRONG_PASSWORD: ['CREDENTIALS_INVALID', ['密码错误', 'wrong password']],
  UNKNOWN_LOGIN: ['CREDENTIALS_INVALID', ['账号不存在', 'unknown login']],
  INACTIVE: ['CREDENTIALS_INVALID', ['账号已停用', 'the account is not active']],
  NO_PASSWORD: ['CREDENTIALS_INVALID', ['账号未设密码', 'the account has no password']],
  TOO_MANY: ['RATE_LIMITED', ['同一账号和地址失败过多', 'too many failures of one login and address']],
} as const satisfies Record<string, readonly ['CREDENTIALS_INVALID' | 'RATE_LIMITED', Label]>

export interface FailedSignIn {
  readonly cause: keyof typeof causes
  /** As it was typed. */
  readonly login: string
  /** Whose login it is; null: nobody's. */
  readonly employeeId: string | null
  readonly address: string
  readonly requestId: string
}
/** Puts a failed sign-in on record. Throws `BUSY` when the database is away. */
export type RecordFailure = (failed: FailedSignIn) => Promise<void>

/** The process that these entries stand under. */
const signInProcess = 'sign-in'

/**
 * Where the login is somebody's, the entry names the employee. What is nobody's login may be a password typed into the wrong box: of that the
 * history holds a digest with a key that is not in the database, which tells whether two attempts used the same and gives nothing away.
 */
export const failuresRecorded =
  (store: Pick<CommandStore, 'record'>, keys: Keyring): RecordFailure =>
  async ({ cause, login, employeeId, address, requestId }) => {
    const [code, words] = causes[cause]
    const entry = entryWith({
      process: signInProcess,
      definitionVersion: 1,
      definitionHash: '',
      action: 'SIGN_IN_FAILED',
      result: 'REFUSED',
      reasons: [reason(code, words)],
      actor: { id: employeeId ?? '', kind: 'employee' },
      details: { cause },
      aside: { address, ...(employeeId === null && { loginDigest: digestOf(keys, login) }) },
      requestId,
      idempotencyKey: requestId,
    })
    await store.record(signInStream, null, entry)
  }
/** HMAC-SHA-256, the first 16 bytes in hex. */
const digestOf = (keys: Keyring, login: string): string =>
  createHmac('sha256', secretOf(keyInUse(keys.mac)))
    .update(`countersign/login/1\n${login.toLowerCase()}`)
    .digest('hex')
    .slice(0, 32)
