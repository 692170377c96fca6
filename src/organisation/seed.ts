import type { Querier } from '../persistence/pool.js'
import type { Demonstration } from './demonstration.js'
import { customerId, departmentId, employeeId, personId, uuidV5 } from './ids.js'

/**
 * Puts an organisation into the database, unless one of its departments is there already: then it inserts nothing,
 * since an operator may have changed it. Give it a connection in a transaction, so that all of it is there or none.
 * `passwordHash`: the one password of all these accounts, hashed; asked for only when they are inserted.
 */
export async function seed(db: Querier, organisation: Demonstration, passwordHash: () => Promise<string>): Promise<void> {
  if (await isThere(db, organisation)) return
  await insertDepartments(db, organisation)
  await insertPeople(db, organisation, await passwordHash())
  await insertLimits(db, organisation)
  await insertCustomers(db, organisation)
}

async function isThere(db: Querier, { departments }: Demonstration): Promise<boolean> {
  const { rows } = await db.query('select 1 from department where code = any($1) limit 1', [departments.map(({ code }) => code)])
  return rows.length > 0
}

async function insertDepartments(db: Querier, { departments }: Demonstration): Promise<void> {
  const rows = departments.map(({ code, name: [zh, en], parent }) => ({ id: departmentId(code), code, zh, en, parent: parent && departmentId(parent) }))
  await db.query(
    `insert into department (id, code, name_zh, name_en, parent_id)
     select id, code, zh, en, parent from jsonb_to_recordset($1) as given (id uuid, code text, zh text, en text, parent uuid) on conflict do nothing`,
    [JSON.stringify(rows)],
  )
}

async function insertPeople(db: Querier, { people }: Demonstration, passwordHash: string): Promise<void> {
  const employees = people.map(({ login, number, name, kind, department }) => ({
    id: employeeId(login),
    number,
    login,
    name,
    person: personId(login),
    kind,
    department: department && departmentId(department),
  }))
  await db.query(
    `insert into employee (id, number, login, name, person_id, kind, department_id)
     select id, number, login, name, person, kind, department
       from jsonb_to_recordset($1) as given (id uuid, number text, login text, name text, person uuid, kind text, department uuid) on conflict do nothing`,
    [JSON.stringify(employees)],
  )
  await db.query('insert into credential (employee_id, password_hash) select id, $2 from unnest($1::uuid[]) as id on conflict do nothing', [
    employees.map(({ id }) => id),
    passwordHash,
  ])
  const assignments = people.flatMap(({ login, roles }) => roles.map((role) => ({ id: uuidV5(`role:${login}/${role}`), employee: employeeId(login), role })))
  await db.query(
    `insert into role_assignment (id, employee_id, role)
     select id, employee, role from jsonb_to_recordset($1) as given (id uuid, employee uuid, role text) on conflict do nothing`,
    [JSON.stringify(assignments)],
  )
}

async function insertLimits(db: Querier, { limits }: Demonstration): Promise<void> {
  const rows = limits.map(({ process, role, amount, cumulative }) => ({ id: uuidV5(`limit:${process}/${role}`), process, role, amount, cumulative }))
  await db.query(
    `insert into authority_limit (id, process, role, amount, cumulative)
     select id, process, role, amount, cumulative from jsonb_to_recordset($1) as given (id uuid, process text, role text, amount numeric, cumulative numeric) on conflict do nothing`,
    [JSON.stringify(rows)],
  )
}

async function insertCustomers(db: Querier, { customers }: Demonstration): Promise<void> {
  const rows = customers.map(({ code, kind, name, status, industry, region }) => ({ id: customerId(code), code, kind, name, status, industry, region }))
  await db.query(
    `insert into customer (id, code, kind, name, status, industry, region)
     select id, code, kind, name, status, industry, region
       from jsonb_to_recordset($1) as given (id uuid, code text, kind text, name text, status text, industry text, region text) on conflict do nothing`,
    [JSON.stringify(rows)],
  )
  const contacts = customers.flatMap(({ code, contacts }) =>
    contacts.map((contact, index) => ({ id: uuidV5(`contact:${code}/${index + 1}`), customer: customerId(code), ...contact })),
  )
  await db.query(
    `insert into contact (id, customer_id, name, post, phone, email)
     select id, customer, name, post, phone, email
       from jsonb_to_recordset($1) as given (id uuid, customer uuid, name text, post text, phone text, email text) on conflict do nothing`,
    [JSON.stringify(contacts)],
  )
}
