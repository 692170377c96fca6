import type { Querier } from '../pool.js'
import { Conditions, type Page, type PageRequest, readPage } from './page.js'

/** Text typed into a search box, as a pattern that means itself. */
const containing = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`

export function findCustomers(
  db: Querier,
  filter: { text?: string | null | undefined; kind?: string | null | undefined; status?: string | null | undefined },
  request: PageRequest,
): Promise<Page> {
  const conditions = new Conditions().andIf(filter.kind, 'kind = ?').andIf(filter.status, 'status = ?')
  if (filter.text) conditions.and('name ilike ? or code ilike ?', containing(filter.text), containing(filter.text))
  return readPage(db, { from: 'customer', key: 'code', keyIs: 'code', id: 'id', conditions, ascending: true }, request)
}

export function findEmployees(
  db: Querier,
  filter: {
    text?: string | null | undefined
    grants?: readonly string[] | null | undefined
    departmentId?: string | null | undefined
    active?: boolean | null | undefined
  },
  request: PageRequest,
): Promise<Page> {
  const conditions = new Conditions().and(`kind = 'EMPLOYEE'`).andIf(filter.departmentId, 'department_id = ?').andIf(filter.active, 'active = ?')
  if (filter.text) conditions.and('name ilike ? or login ilike ? or number ilike ?', containing(filter.text), containing(filter.text), containing(filter.text))
  conditions.andIf(
    filter.grants,
    'exists (select from role_assignment r where r.employee_id = employee.id and r.role = any(?) and r.valid_from <= now() and (r.valid_to is null or r.valid_to > now()))',
  )
  return readPage(db, { from: 'employee', key: 'number', keyIs: 'code', id: 'id', conditions, ascending: true }, request)
}
