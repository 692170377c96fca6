import { Ctx, Field, ID, ObjectType, registerEnumType } from 'type-graphql'
import { labelOfRole, maskedEmail, maskedName, maskedPhone, type Role } from '../define/index.js'
import type { ContactRow, CustomerRow, DepartmentRow, EmployeeRow } from '../persistence/entities.js'
import { readContact } from './contact-reading.js'
import { type RequestContext, read } from './context.js'
import { NodeType } from './node.type.js'

@ObjectType('Role', { description: '角色 / A role, by its stable id' })
export class RoleType {
  constructor(readonly role: Role) {}
  @Field(() => ID) get id(): string {
    return this.role
  }
  @Field(() => String) label(@Ctx() context: RequestContext): string {
    return read(context, labelOfRole(this.role))
  }
}

@ObjectType('Department', { implements: NodeType, description: '部门 / A department' })
export class DepartmentType implements NodeType {
  constructor(readonly row: DepartmentRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => String) get code(): string {
    return this.row.code
  }
  @Field(() => String) name(@Ctx() context: RequestContext): string {
    return read(context, [this.row.nameZh, this.row.nameEn])
  }
  @Field(() => DepartmentType, { nullable: true }) parent(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.row.parentId)
  }
}

@ObjectType('Employee', { implements: NodeType, description: '员工 / An employee' })
export class EmployeeType implements NodeType {
  constructor(readonly row: EmployeeRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => String, { description: '工号 / Staff number' }) get number(): string {
    return this.row.number
  }
  @Field(() => String) get login(): string {
    return this.row.login
  }
  @Field(() => String) get name(): string {
    return this.row.name
  }
  @Field(() => Boolean) get active(): boolean {
    return this.row.active
  }
  @Field(() => DepartmentType, { nullable: true }) department(@Ctx() { loaders }: RequestContext): Promise<DepartmentType | null> {
    return departmentOf(loaders, this.row.departmentId)
  }
  @Field(() => [RoleType], { description: '当前有效的角色 / The roles that hold now, implied ones included' })
  async roles(@Ctx() { loaders }: RequestContext): Promise<RoleType[]> {
    return ((await loaders.roles.load(this.row.id))?.roles ?? []).map((role) => new RoleType(role))
  }
}

const inPlain = { nullable: true, description: '明文，读取留痕 / In plain; reading it goes on record' } as const
@ObjectType('Contact', { description: '联系人 / A person to talk to at a customer' })
export class ContactType {
  constructor(readonly row: ContactRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => String, { description: '姓名，脱敏 / The name, masked' }) get name(): string {
    return maskedName(this.row.name)
  }
  @Field(() => String, { nullable: true }) get post(): string | null {
    return this.row.post ?? null
  }
  @Field(() => String, { nullable: true, description: '电话，脱敏 / The phone, masked' }) get phone(): string | null {
    return this.row.phone ? maskedPhone(this.row.phone) : null
  }
  @Field(() => String, { nullable: true, description: '邮箱，脱敏 / The e-mail address, masked' }) get email(): string | null {
    return this.row.email ? maskedEmail(this.row.email) : null
  }
  @Field(() => String, inPlain) namePlain(@Ctx() context: RequestContext): Promise<string | null> {
    return readContact(context, this.row, 'name')
  }
  @Field(() => String, inPlain) phonePlain(@Ctx() context: RequestContext): Promise<string | null> {
    return readContact(context, this.row, 'phone')
  }
  @Field(() => String, inPlain) emailPlain(@Ctx() context: RequestContext): Promise<string | null> {
    return readContact(context, this.row, 'email')
  }
}

export enum CustomerKind {
  LEGAL_PERSON = 'LEGAL_PERSON',
  NATURAL_PERSON = 'NATURAL_PERSON',
}
registerEnumType(CustomerKind, { name: 'CustomerKind', description: '法人 / 自然人' })
export enum CustomerStatusType {
  PROSPECT = 'PROSPECT',
  ACTIVE = 'ACTIVE',
  CLOSING = 'CLOSING',
  CLOSED = 'CLOSED',
}
registerEnumType(CustomerStatusType, { name: 'CustomerStatus', description: '潜在、正常、注销中、已注销' })

@ObjectType('Customer', { implements: NodeType, description: '客户 / A customer' })
export class CustomerType implements NodeType {
  constructor(readonly row: CustomerRow) {}
  @Field(() => ID) get id(): string {
    return this.row.id
  }
  @Field(() => String) get code(): string {
    return this.row.code
  }
  @Field(() => CustomerKind) get kind(): string {
    return this.row.kind
  }
  @Field(() => String) get name(): string {
    return this.row.name
  }
  @Field(() => CustomerStatusType) get status(): string {
    return this.row.status
  }
  @Field(() => String, { nullable: true }) get industry(): string | null {
    return this.row.industry ?? null
  }
  @Field(() => String, { nullable: true }) get region(): string | null {
    return this.row.region ?? null
  }
  @Field(() => [ContactType]) async contacts(@Ctx() { loaders }: RequestContext): Promise<ContactType[]> {
    return (await loaders.contacts.load(this.row.id)).map((row) => new ContactType(row))
  }
}

type Loading = RequestContext['loaders']
/** The person, department or customer behind an id; null for none. */
export const employeeOf = async (loaders: Loading, id: string | null | undefined): Promise<EmployeeType | null> => {
  const row = id ? await loaders.employee.load(id) : null
  return row && new EmployeeType(row)
}
export const departmentOf = async (loaders: Loading, id: string | null | undefined): Promise<DepartmentType | null> => {
  const row = id ? await loaders.department.load(id) : null
  return row && new DepartmentType(row)
}
export const customerOf = async (loaders: Loading, id: string | null | undefined): Promise<CustomerType | null> => {
  const row = id ? await loaders.customer.load(id) : null
  return row && new CustomerType(row)
}
