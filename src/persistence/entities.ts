import { defineEntity, type InferEntity, p } from '@mikro-orm/core'

/** The tables as the read side sees them. Only the command store writes cases, tasks, forms and history. */
export const DepartmentEntity = defineEntity({
  name: 'Department',
  tableName: 'department',
  properties: { id: p.uuid().primary(), code: p.text(), nameZh: p.text(), nameEn: p.text(), parentId: p.uuid().nullable() },
})
export const EmployeeEntity = defineEntity({
  name: 'Employee',
  tableName: 'employee',
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    login: p.text(),
    name: p.text(),
    personId: p.uuid(),
    kind: p.text(),
    departmentId: p.uuid().nullable(),
    active: p.boolean(),
  },
})
export const RoleAssignmentEntity = defineEntity({
  name: 'RoleAssignment',
  tableName: 'role_assignment',
  properties: { id: p.uuid().primary(), employeeId: p.uuid(), role: p.text(), validFrom: p.datetime(), validTo: p.datetime().nullable() },
})
export const AuthorityLimitEntity = defineEntity({
  name: 'AuthorityLimit',
  tableName: 'authority_limit',
  properties: {
    id: p.uuid().primary(),
    process: p.text(),
    role: p.text(),
    employeeId: p.uuid().nullable(),
    amount: p.decimal('string').precision(16).scale(2),
    cumulative: p.decimal('string').precision(16).scale(2).nullable(),
    validFrom: p.datetime(),
    validTo: p.datetime().nullable(),
  },
})
export const ProxyGrantEntity = defineEntity({
  name: 'ProxyGrant',
  tableName: 'proxy_grant',
  properties: {
    id: p.uuid().primary(),
    principalId: p.uuid(),
    proxyId: p.uuid(),
    processes: p.array(),
    amountCap: p.decimal('string').precision(16).scale(2).nullable(),
    validFrom: p.datetime(),
    validTo: p.datetime(),
    revokedAt: p.datetime().nullable(),
    reason: p.text(),
    grantedById: p.uuid(),
  },
})
export const CustomerEntity = defineEntity({
  name: 'Customer',
  tableName: 'customer',
  properties: {
    id: p.uuid().primary(),
    code: p.text(),
    kind: p.text(),
    name: p.text(),
    status: p.text(),
    industry: p.text().nullable(),
    region: p.text().nullable(),
    createdAt: p.datetime(),
  },
})
export const ContactEntity = defineEntity({
  name: 'Contact',
  tableName: 'contact',
  properties: {
    id: p.uuid().primary(),
    customerId: p.uuid(),
    name: p.text(),
    post: p.text().nullable(),
    phone: p.text().nullable(),
    email: p.text().nullable(),
  },
})
export const CaseEntity = defineEntity({
  name: 'ServiceCase',
  tableName: 'service_case',
  properties: {
    id: p.uuid().primary(),
    number: p.text(),
    process: p.text(),
    definitionVersion: p.integer(),
    definitionHash: p.text(),
    state: p.text(),
    outcome: p.text().nullable(),
    version: p.integer(),
    round: p.integer(),
    applicantId: p.uuid(),
    applicantPersonId: p.uuid(),
    customerId: p.uuid().nullable(),
    parentId: p.uuid().nullable(),
    revokesId: p.uuid().nullable(),
    openedAt: p.datetime(),
    updatedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    pausedAt: p.datetime().nullable(),
    dueAt: p.datetime().nullable(),
  },
})
export const TaskEntity = defineEntity({
  name: 'Task',
  tableName: 'task',
  properties: {
    id: p.uuid().primary(),
    caseId: p.uuid(),
    state: p.text(),
    seat: p.text().nullable(),
    round: p.integer(),
    status: p.text(),
    openedSequence: p.integer(),
    closedSequence: p.integer().nullable(),
    completedById: p.uuid().nullable(),
    claimedById: p.uuid().nullable(),
    claimedAt: p.datetime().nullable(),
    openedAt: p.datetime(),
    closedAt: p.datetime().nullable(),
    dueAt: p.datetime().nullable(),
    kind: p.text(),
    askId: p.uuid().nullable(),
  },
})
export const AskEntity = defineEntity({
  name: 'Ask',
  tableName: 'ask',
  properties: {
    id: p.uuid().primary(),
    caseId: p.uuid(),
    state: p.text(),
    seat: p.text().nullable(),
    kind: p.text(),
    byId: p.uuid(),
    toId: p.uuid(),
    question: p.text(),
    answer: p.text().nullable(),
    status: p.text(),
    askedAt: p.datetime(),
    answeredAt: p.datetime().nullable(),
  },
})
export const AuditEntryEntity = defineEntity({
  name: 'AuditEntry',
  tableName: 'audit_entry',
  properties: {
    position: p.bigint('string').primary(),
    stream: p.text(),
    sequence: p.integer(),
    caseId: p.uuid().nullable(),
    process: p.text(),
    action: p.text(),
    result: p.text(),
    actorId: p.uuid().nullable(),
    onBehalfOfId: p.uuid().nullable(),
    customerId: p.uuid().nullable(),
    amount: p.decimal('string').precision(16).scale(2).nullable(),
    roleUsed: p.text().nullable(),
    fromState: p.text().nullable(),
    toState: p.text().nullable(),
    occurredAt: p.datetime(),
    recordedAt: p.datetime(),
    content: p.text(),
    previousHash: p.text(),
    hash: p.text(),
    mac: p.text().nullable(),
    macKey: p.text().nullable(),
    aside: p.json<{ readonly signedName?: string; readonly text?: string }>().nullable(),
  },
})

export const entities = [
  DepartmentEntity,
  EmployeeEntity,
  RoleAssignmentEntity,
  AuthorityLimitEntity,
  ProxyGrantEntity,
  CustomerEntity,
  ContactEntity,
  CaseEntity,
  TaskEntity,
  AskEntity,
  AuditEntryEntity,
]

export type DepartmentRow = InferEntity<typeof DepartmentEntity>
export type EmployeeRow = InferEntity<typeof EmployeeEntity>
export type ProxyGrantRow = InferEntity<typeof ProxyGrantEntity>
export type CustomerRow = InferEntity<typeof CustomerEntity>
export type ContactRow = InferEntity<typeof ContactEntity>
export type CaseRow = InferEntity<typeof CaseEntity>
export type TaskRow = InferEntity<typeof TaskEntity>
export type AskRow = InferEntity<typeof AskEntity>
export type AuditEntryRow = InferEntity<typeof AuditEntryEntity>
