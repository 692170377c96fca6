import type { FieldError, Reason, RefusalCode } from '../define/index.js'
import { reason } from '../define/index.js'
import type { EntryFacts } from './case-record.js'
import type { ContentChange } from './content.js'

/** An expected failure: the act changes nothing and the caller is told every reason. Anything else thrown is a bug. */
export class Refused extends Error {
  readonly reasons: readonly Reason[]
  readonly fields: readonly FieldError[]
  /** Field by field, what has changed since the caller saw it. */
  readonly changes: readonly ContentChange[]
  /** Facts for the caller: the present state and version, or when to try again (seconds). */
  readonly details: Readonly<Record<string, string | number>>
  /** What the history says where the caller may not be told. */
  readonly onRecord: Refused
  /** What was attempted, where the command alone does not say which case it was about. */
  readonly attempt: { readonly caseId: string; readonly entry: EntryFacts } | null

  constructor(
    reasons: readonly Reason[],
    extra: {
      fields?: readonly FieldError[]
      changes?: readonly ContentChange[]
      details?: Readonly<Record<string, string | number>>
      onRecord?: Refused
      attempt?: Refused['attempt']
    } = {},
  ) {
    super(reasons.map(({ code }) => code).join(', '))
    this.reasons = reasons
    this.fields = extra.fields ?? []
    this.changes = extra.changes ?? []
    this.details = extra.details ?? {}
    this.onRecord = extra.onRecord ?? this
    this.attempt = extra.attempt ?? null
  }
  /** The first reason names the failure. */
  get code(): RefusalCode {
    return this.reasons[0]?.code ?? 'CONDITION_UNMET'
  }
}

/** Input that is not right, field by field. */
export const refuseInput = (fields: readonly FieldError[]): Refused => new Refused(fields.map(invalidInput), { fields })
export const invalidInput = ({ path, message: [zh, en] }: FieldError): Reason => reason('INPUT_INVALID', [`${path}：${zh}`, `${path}: ${en}`])

export const refuse = (code: RefusalCode, extra?: ConstructorParameters<typeof Refused>[1]): Refused => new Refused([reason(code)], extra)
/** A form that is not right, with every wrong field. */
export const refuseForm = (fields: readonly FieldError[]): Refused => new Refused([reason('FORM_INVALID')], { fields })
