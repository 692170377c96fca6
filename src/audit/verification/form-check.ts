import { digestOf } from '../chain.js'
import type { CaseEntry, Dossier } from './case-check.js'
import { isSameMoment } from './entry-check.js'
import type { Findings, Place } from './finding.js'

/** A stored version of a form. `subjectId`: the key that its personal values are sealed with; `hasKey`: whether there is such a row. */
export interface FormRow {
  readonly caseId: string
  readonly key: string
  readonly version: number
  readonly form: string
  readonly submittedById: string | null
  /** As PostgreSQL prints it in UTC. */
  readonly submittedAt: string
  readonly content: string
  readonly salt: string
  readonly digest: string
  readonly sequence: number
  readonly sealed: string | null
  readonly personalDigest: string | null
  readonly subjectId: string | null
  readonly hasKey: boolean
  /** The subject's key; null: destroyed. */
  readonly wrapped: string | null
  readonly subjectCustomerId: string | null
  readonly subjectCaseId: string | null
}
export interface PersonalCheck {
  /** The commitment that sealed values fit. Throws when they were changed or the key is not theirs. */
  readonly commitmentOf: (form: { readonly sealed: string; readonly wrapped: string }) => string
  readonly isErasureRecorded: (subject: { readonly keyId: string; readonly customerId: string | null }) => boolean
}

/** Every version of a form came with an entry that is bound to its content, and every entry's forms are there. */
export function checkForms({ entries, forms, caseId }: Pick<Dossier, 'entries' | 'forms' | 'caseId'>, personal: PersonalCheck, findings: Findings): void {
  const stored = new Set(forms.map(nameOf))
  const named = new Set<string>()
  for (const entry of entries)
    for (const form of entry.told.forms) {
      const name = nameOf({ ...form, sequence: entry.sequence })
      named.add(name)
      if (!stored.has(name)) findings.add('FORM_MISSING', entry, `version ${form.version} of the form ${form.key} that it names is not there`)
    }
  const bySequence = new Map(entries.map((entry) => [entry.sequence, entry]))
  for (const form of forms) {
    const at: CaseEntry | Place = bySequence.get(form.sequence) ?? { stream: `case:${caseId}`, sequence: form.sequence, position: null }
    if (!named.has(nameOf(form))) findings.add('FORM_UNRECORDED', at, `it does not name version ${form.version} of the form ${form.key}`)
    if (digestOf(form.content, form.salt, form.personalDigest) !== form.digest)
      findings.add('FORM_WRONG', at, `version ${form.version} of its form ${form.key} is not what was committed to`)
    checkOrigin(form, bySequence.get(form.sequence), findings)
    checkSealed(form, personal, at, findings)
  }
}

/** Which form it is, who handed it in and when: as its entry says. */
function checkOrigin(
  { key, version, form, submittedById, submittedAt, subjectCustomerId, subjectCaseId }: FormRow,
  entry: CaseEntry | undefined,
  findings: Findings,
): void {
  const told = entry?.told
  const named = told?.forms.find((one) => one.key === key && one.version === version)
  if (!entry || !told || !named) return
  const differs = (what: string, stands: string | null, says: string | null) =>
    findings.add('FORM_WRONG', entry, `version ${version} of its form ${key} is ${what} ${stands}, and it says ${says}`)
  if (named.form !== undefined && form !== named.form) differs('a', form, named.form)
  if (submittedById !== (told.actor.id || null)) differs('by', submittedById, told.actor.id || null)
  if (!isSameMoment(submittedAt, told.recordedAt)) differs('of', submittedAt, told.recordedAt)
  // Whose key seals it: the customer's of then, or until there was one, that of the case.
  const [subject, whose] = [subjectCustomerId ?? subjectCaseId, told.customerId ?? told.caseId]
  if (subject !== null && told.customerId !== undefined && subject !== whose) differs('sealed for', subject, whose)
}

const nameOf = ({ key, version, digest, sequence }: Pick<FormRow, 'key' | 'version' | 'digest' | 'sequence'>): string =>
  `${key} ${version} ${sequence} ${digest}`

function checkSealed(form: FormRow, { commitmentOf, isErasureRecorded }: PersonalCheck, at: Place, findings: Findings): void {
  const { key, version, sealed, wrapped, personalDigest, subjectId, hasKey, subjectCustomerId } = form
  if (personalDigest === null && sealed === null) return
  const wrong = (how: string) => findings.add('SEALED_WRONG', at, `the personal values of version ${version} of its form ${key} ${how}`)
  if (sealed === null || subjectId === null || !hasKey) wrong('have no key on file')
  else if (wrapped !== null) {
    if (isErasureRecorded({ keyId: subjectId, customerId: null }))
      findings.add('ERASURE_UNDONE', at, `the personal values of version ${version} of its form ${key} were erased, and can be read again`)
    if (commitment({ sealed, wrapped }, commitmentOf) !== personalDigest) wrong('are not what was committed to, or do not open with the key of their subject')
  } else if (!isErasureRecorded({ keyId: subjectId, customerId: subjectCustomerId }))
    findings.add('ERASURE_UNRECORDED', at, `the personal values of version ${version} of its form ${key} were erased, and no entry says so`)
}

function commitment(form: { readonly sealed: string; readonly wrapped: string }, commitmentOf: PersonalCheck['commitmentOf']): string | null {
  try {
    return commitmentOf(form)
  } catch {
    return null
  }
}
