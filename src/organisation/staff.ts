import type { Label, Role } from '../define/index.js'

/** `parent`: the code of the department above; absent at the top. */
export interface Department {
  readonly code: string
  readonly name: Label
  readonly parent?: string
}

/** Somebody on a post: a name, or a name with the roles held besides the post. */
export type Holder = string | readonly [name: string, ...also: Role[]]

/** The people on one post of one department. */
export interface Staff {
  readonly post: Role
  readonly department: string
  readonly people: readonly Holder[]
}

/** Departments and who works in them. */
export interface Chart {
  readonly departments: readonly Department[]
  readonly staff: readonly Staff[]
}

/** In: code, names, the code of the department above. Out: the department. */
export const department = (code: string, name: Label, parent?: string): Department => ({ code, name, ...(parent === undefined ? {} : { parent }) })
/** In: a post, the code of a department, who is on the post there. Out: the same as one row of a chart. */
export const staff = (post: Role, department: string, ...people: readonly Holder[]): Staff => ({ post, department, people })

/** The name alone. */
export const nameOf = (holder: Holder): string => (typeof holder === 'string' ? holder : holder[0])
/** The roles held besides the post. */
export const alsoOf = (holder: Holder): readonly Role[] => (typeof holder === 'string' ? [] : (holder.slice(1) as Role[]))
