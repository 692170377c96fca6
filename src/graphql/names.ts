import type { AnyProcess, FormClass } from '../define/index.js'
import { specOf } from '../define/index.js'

const words = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[-_]/)
    .filter((word) => word !== '')
const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)

/** `complaint-handling`, `ISSUE_NOTICE` → `ComplaintHandling`, `IssueNotice`. */
export const pascal = (text: string): string => words(text).map(capital).join('')
/** `complaint-handling` → `complaintHandling`. */
export const camel = (text: string): string =>
  words(text)
    .map((word, index) => (index === 0 ? word : capital(word)))
    .join('')

export const typeNameOf = ({ id }: AnyProcess): string => pascal(id)
export const openMutation = ({ id }: AnyProcess): string => `${camel(id)}Open`
export const previewQuery = ({ id }: AnyProcess): string => `${camel(id)}Preview`
export const actMutation = ({ id }: AnyProcess, action: string): string => `${camel(id)}${pascal(action)}`
export const inputNameOf = (form: FormClass): string => `${specOf(form).name}Input`
/** Where an act asks for several forms, they come as one input of this name. */
export const bundleName = (definition: AnyProcess, action: string): string => `${typeNameOf(definition)}${pascal(action)}Input`
