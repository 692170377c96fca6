import type { Role } from '../define/index.js'
import { type Customer, demoCustomers } from './demo-customers.js'
import { largeEnterprise } from './large-enterprise.js'
import { otherDepartments } from './other-departments.js'
import { sme } from './sme.js'
import { alsoOf, type Department, nameOf, type Staff } from './staff.js'

/** An account and the human being behind it. A service acts as the system: it has neither department nor roles. */
export interface Person {
  readonly login: string
  readonly number: string
  readonly name: string
  readonly kind: 'EMPLOYEE' | 'SERVICE'
  /** The code of the department. */
  readonly department?: string
  /** The roles granted; those that come with them are not listed. */
  readonly roles: readonly Role[]
}
/** The highest amount in CNY that a role decides in a process. */
export interface Limit {
  readonly process: string
  readonly role: Role
  readonly amount: string
  /** The highest amount that a customer's year may come to. */
  readonly cumulative?: string
}
/** An organisation as plain data: `seed` puts it into the database. */
export interface Demonstration {
  readonly departments: readonly Department[]
  readonly people: readonly Person[]
  readonly customers: readonly Customer[]
  readonly limits: readonly Limit[]
}

/** Authority b.2: the source says 权限内 and gives no figure; these are ours. */
const limits: readonly Limit[] = [
  { process: 'complaint-reception', role: 'COMPLAINT_SPECIALIST', amount: '500' },
  { process: 'complaint-reception', role: 'CS_MANAGER', amount: '5000' },
  { process: 'complaint-handling', role: 'CS_MANAGER', amount: '10000' },
  { process: 'complaint-handling', role: 'DEPUTY_GENERAL_MANAGER', amount: '100000' },
  { process: 'customer-meal-hospitality', role: 'CS_MANAGER', amount: '2000', cumulative: '50000' },
  { process: 'customer-reception', role: 'RELATIONS_SUPERVISOR', amount: '2000', cumulative: '50000' },
  { process: 'gift-giving-application', role: 'DEPUTY_MANAGER', amount: '2000', cumulative: '20000' },
  { process: 'expense-reimbursement', role: 'SUPERVISOR', amount: '5000' },
]

/**
 * An organisation to try the product with; the same input gives the same organisation.
 * In: which of the two charts (catalogue `roles.md` a.1 or a.2). Out: its departments, people, customers and limits.
 * A login is the post and a number: `cs-manager-1`. Numbers run within a post, over all departments.
 */
export function demonstration(kind: 'large' | 'sme'): Demonstration {
  const charts = [kind === 'large' ? largeEnterprise : sme, otherDepartments(kind)]
  const employees = employeesOf(charts.flatMap(({ staff }) => staff))
  const people = [...employees, { login: 'payment-run', name: '付款系统', kind: 'SERVICE' as const, roles: [] }]
  return {
    departments: charts.flatMap(({ departments }) => departments),
    people: people.map((person, index) => ({ ...person, number: `E${String(index + 1).padStart(4, '0')}` })),
    customers: demoCustomers(),
    limits,
  }
}

function employeesOf(staff: readonly Staff[]): Omit<Person, 'number'>[] {
  const filled = new Map<Role, number>()
  const loginFor = (post: Role): string => {
    const place = (filled.get(post) ?? 0) + 1
    filled.set(post, place)
    return `${post.toLowerCase().replaceAll('_', '-')}-${place}`
  }
  return staff.flatMap(({ post, department, people }) =>
    people.map((holder) => ({ login: loginFor(post), name: nameOf(holder), kind: 'EMPLOYEE' as const, department, roles: [post, ...alsoOf(holder)] })),
  )
}
