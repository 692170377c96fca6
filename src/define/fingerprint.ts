import { createHash } from 'node:crypto'
import canonicalize from 'canonicalize'
import type { FormClass } from './fields.js'
import { rowFieldsOf, specOf } from './fields.js'
import type { AnyProcess } from './process.js'

/**
 * SHA-256 (hex) of everything in a definition that is data: states, arrows, authority, forms, words.
 * Tests inside conditions count by their label: change what a condition means, and its words must change.
 */
export const fingerprintOf = (definition: AnyProcess): string =>
  createHash('sha256')
    .update(canonicalize({ ...structure(definition), forms: Object.entries(definition.forms).map(([key, cls]) => [key, formOf(cls as FormClass)]) }) ?? '')
    .digest('hex')

/** Plain data, functions dropped: `canonicalize` refuses them. */
const structure = (value: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(value, (key, part) => (key === 'forms' ? undefined : typeof part === 'function' ? 'computed' : part)))

const formOf = (cls: FormClass): unknown => ({ id: specOf(cls).id, name: specOf(cls).name, label: specOf(cls).label, fields: fieldsOf(cls) })
const fieldsOf = (cls: FormClass): unknown[] => rowFieldsOf(cls).map(({ rows, ...field }) => ({ ...field, ...(rows && { rows: fieldsOf(rows()) }) }))
