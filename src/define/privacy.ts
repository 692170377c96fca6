import type { FieldSpec, Sensitivity } from './fields.js'
import { rowFieldsOf } from './fields.js'
import type { FormValues } from './form-values.js'
import { masked } from './masks.js'
import type { Role } from './roles.js'

/** The levels that are collected. S4 is not: such a field is neither taken nor stored nor shown, and no switch turns it on. */
export type Level = Exclude<Sensitivity, 'S4'>
/** What ties a reader to a form: he handed this version in, applied for the case, acted in it, may do an open task of it, or owns its process. */
export type Tie = 'AUTHOR' | 'APPLICANT' | 'ACTED' | 'OFFERED' | 'OWNER'

/** One line of "Handling per level" (`catalogue/forms/privacy.md`, c). */
interface LevelHandling {
  /** What the field itself shows, and to whom; nothing to others. */
  readonly shows: 'the value' | 'a mask'
  readonly to: 'readers' | 'everybody' | 'handlers and readers'
  /** The readers of the value: by what ties them to it, … */
  readonly ties: readonly Tie[]
  /** … by that while the case is open, … */
  readonly tiesWhileOpen: readonly Tie[]
  /** … by office, … */
  readonly offices: readonly Role[]
  /** … by office, of those who handle the case, while it is open, … */
  readonly officesHandling: readonly Role[]
  /** … and whoever was granted access, for a purpose and a time. */
  readonly grant: boolean
  /** Which readings of the value go on record; a purpose must be given where `purpose` says so. */
  readonly onRecord: 'all' | 'but handlers'
  readonly purpose: boolean
}

/** Managers and supervisors of customer service (`roles.md`, a.2). */
const supervising: readonly Role[] = [
  'CS_DIRECTOR',
  'CS_MANAGER',
  'CS_SUPERVISOR',
  'RELATIONS_MANAGER',
  'RELATIONS_SUPERVISOR',
  'SURVEY_SUPERVISOR',
  'DEVELOPMENT_SUPERVISOR',
  'KEY_ACCOUNT_MANAGER',
  'KEY_ACCOUNT_SUPERVISOR',
  'AFTER_SALES_MANAGER',
  'AFTER_SALES_SUPERVISOR',
  'COMPLAINT_SUPERVISOR',
  'INFO_SUPERVISOR',
  'CALL_CENTER_SUPERVISOR',
]
/** Who may do the customer's business at any time. */
const managing: readonly Role[] = ['CS_DIRECTOR', 'CS_MANAGER', 'RELATIONS_MANAGER', 'KEY_ACCOUNT_MANAGER', 'AFTER_SALES_MANAGER']

export const handlingOf: Readonly<Record<Level, LevelHandling>> = {
  S1: {
    shows: 'the value',
    to: 'readers',
    ties: ['AUTHOR', 'APPLICANT', 'ACTED', 'OFFERED', 'OWNER'],
    tiesWhileOpen: [],
    offices: [...supervising, 'FINANCE', 'AUDITOR'],
    officesHandling: [],
    grant: false,
    onRecord: 'but handlers',
    purpose: false,
  },
  S2: {
    shows: 'a mask',
    to: 'everybody',
    ties: ['AUTHOR', 'OWNER'],
    tiesWhileOpen: ['ACTED', 'OFFERED'],
    offices: ['INFO_SUPERVISOR', 'AUDITOR'],
    officesHandling: [],
    grant: false,
    onRecord: 'all',
    purpose: false,
  },
  S3: {
    shows: 'a mask',
    to: 'handlers and readers',
    ties: ['AUTHOR'],
    tiesWhileOpen: [],
    offices: ['AUDITOR'],
    officesHandling: ['FINANCE'],
    grant: true,
    onRecord: 'all',
    purpose: true,
  },
}
/** Who reads how a customer's people are reached, apart from whoever handles an open case of the customer. */
export const contactReaders: readonly Role[] = [...managing, 'INFO_SUPERVISOR', 'AUDITOR']

/** Somebody before a form, as of now. */
export interface Reader {
  readonly ties: readonly Tie[]
  readonly caseIsOpen: boolean
  readonly roles: readonly Role[]
  /** Roles of those in whose place he may act in this process. */
  readonly rolesInPlace: readonly Role[]
  /** A grant for the case or its customer holds. */
  readonly granted: boolean
}
/** Of which levels somebody may read the value, and whether he handles the case. */
export interface Rights extends Readonly<Record<Level, boolean>> {
  readonly handles: boolean
}
export function rightsOf({ ties, caseIsOpen, roles, rolesInPlace, granted }: Reader): Rights {
  const works = ties.includes('ACTED') || ties.includes('OFFERED')
  const may = (level: Level): boolean => {
    const rule = handlingOf[level]
    return (
      ties.some((tie) => rule.ties.includes(tie) || (caseIsOpen && rule.tiesWhileOpen.includes(tie))) ||
      roles.some((role) => rule.offices.includes(role)) ||
      (caseIsOpen && works && [...roles, ...rolesInPlace].some((role) => rule.officesHandling.includes(role))) ||
      (rule.grant && granted)
    )
  }
  return { S1: may('S1'), S2: may('S2'), S3: may('S3'), handles: ties.length > 0 }
}

/** Whoever may decide on a case now: what a decision that is refused tells of its content. */
export const rightsOfDecider: Rights = { S1: true, S2: false, S3: false, handles: true }

/** Does the reading of a value with these rights go on record? */
export const isOnRecord = (level: Level, { handles }: Rights): boolean => handlingOf[level].onRecord === 'all' || !handles

/** A field that never shows its value; that is read by the field of the name of {@link plainName}. S4 never comes so far. */
export const isMasked = ({ sensitivity }: FieldSpec): boolean => sensitivity === 'S2' || sensitivity === 'S3'
export const plainName = ({ name }: FieldSpec): string => `${name}Plain`

/**
 * What the field shows somebody with these rights: the value, its mask, or null for nothing. The one way in which a value of a form goes out
 * where nobody has asked for it in plain. In: a stored value. Rows are shown field by field.
 */
export function shown(spec: FieldSpec, value: unknown, rights: Rights): unknown {
  if (value === undefined || value === null || spec.sensitivity === 'S4') return null
  if (spec.sensitivity) {
    const { shows, to } = handlingOf[spec.sensitivity]
    const isShown = to === 'everybody' || rights[spec.sensitivity] || (to === 'handlers and readers' && rights.handles)
    if (!isShown) return null
    return shows === 'a mask' ? masked(spec, value) : value
  }
  return spec.rows && Array.isArray(value) ? value.map((row) => shownForm(rowFieldsOf(spec.rows!()), row as FormValues, rights)) : value
}
/** Every field of a form or a row; what has no value, or shows none, is left out. */
export function shownForm(fields: readonly FieldSpec[], values: FormValues, rights: Rights): FormValues {
  const out: Record<string, unknown> = {}
  for (const spec of fields) {
    const value = shown(spec, values[spec.name], rights)
    if (value !== null) out[spec.name] = value
  }
  return out
}
