import type { Label } from './label.js'

/**
 * Every post and group role of the catalogue (`catalogue/roles.md`, a.4), with the roles of the expense routes
 * (page 67) and three of our own at the end.
 *
 * `impliedBy`: whoever holds one of these holds this role too (the catalogue's aliases and bindings).
 * `everyone`: held by every active employee. `external`: never held by an employee.
 */
interface RoleSpec {
  readonly label: Label
  readonly impliedBy?: readonly string[]
  readonly everyone?: true
  readonly external?: true
}

export const roles = {
  GENERAL_MANAGER: { label: ['总经理', 'General manager'] },
  DEPUTY_GENERAL_MANAGER: { label: ['副总经理', 'Deputy general manager'] },
  SENIOR_MANAGEMENT: { label: ['公司高层', 'Senior management'], impliedBy: ['GENERAL_MANAGER', 'DEPUTY_GENERAL_MANAGER'] },
  CS_DIRECTOR: { label: ['客户服务总监', 'Customer-service director'] },
  CS_MANAGER: { label: ['客户服务部经理', 'Customer-service manager'] },
  CS_MANAGER_ASSISTANT: { label: ['客户服务部经理助理', 'Assistant to the CS manager'] },
  CS_SUPERVISOR: { label: ['客户服务部主管', 'Customer-service supervisor'] },
  RELATIONS_MANAGER: { label: ['客户关系经理', 'Customer-relations manager'], impliedBy: ['CS_MANAGER'] },
  RELATIONS_SUPERVISOR: { label: ['客户关系主管', 'Customer-relations supervisor'] },
  RELATIONS_SPECIALIST: { label: ['客户关系专员', 'Customer-relations specialist'] },
  RECEPTION_SPECIALIST: { label: ['客户接待专员', 'Customer-reception specialist'] },
  PROPOSAL_SPECIALIST: { label: ['客户提案管理专员', 'Customer-proposal specialist'] },
  SURVEY_SUPERVISOR: { label: ['客户调查主管', 'Customer-survey supervisor'] },
  SURVEY_SPECIALIST: { label: ['客户调查专员', 'Customer-survey specialist'] },
  DEVELOPMENT_SUPERVISOR: { label: ['客户开发主管', 'Customer-development supervisor'] },
  DEVELOPMENT_SPECIALIST: { label: ['客户开发专员', 'Customer-development specialist'] },
  KEY_ACCOUNT_MANAGER: { label: ['大客户经理', 'Key-account manager'], impliedBy: ['CS_MANAGER'] },
  KEY_ACCOUNT_SUPERVISOR: { label: ['大客户主管', 'Key-account supervisor'] },
  KEY_ACCOUNT_SPECIALIST: { label: ['大客户专员', 'Key-account specialist'] },
  KEY_ACCOUNT_SERVICE_TEAM: { label: ['大客户服务团队', 'Key-account service team'] },
  AFTER_SALES_MANAGER: { label: ['售后服务经理', 'After-sales manager'], impliedBy: ['CS_MANAGER'] },
  AFTER_SALES_SUPERVISOR: { label: ['售后服务主管', 'After-sales supervisor'] },
  AFTER_SALES_SPECIALIST: { label: ['售后服务专员', 'After-sales specialist'] },
  AFTER_SALES_RESEARCH_SPECIALIST: { label: ['售后服务调研专员', 'After-sales research specialist'] },
  TECHNICIAN: { label: ['技术人员', 'Technical staff'] },
  REPAIR_TECHNICIAN: { label: ['维修人员', 'Repair technician'] },
  COMPLAINT_SUPERVISOR: { label: ['客户投诉主管', 'Complaint supervisor'] },
  COMPLAINT_SPECIALIST: { label: ['客户投诉专员', 'Complaint specialist'] },
  INFO_SUPERVISOR: { label: ['客户信息主管', 'Customer-information supervisor'] },
  INFO_SPECIALIST: { label: ['客户信息专员', 'Customer-information specialist'] },
  CALL_CENTER_SUPERVISOR: { label: ['呼叫中心主管', 'Call-centre supervisor'] },
  CALL_CENTER_TEAM_LEADER: { label: ['呼叫中心组长', 'Call-centre team leader'] },
  CALL_CENTER_AGENT: { label: ['呼叫中心专员', 'Call-centre agent'] },
  SERVICE_QUALITY_INSPECTOR: { label: ['客户服务质量管理人员', 'Service-quality staff'] },
  FRONT_DESK_SUPERVISOR: { label: ['前台接待主管', 'Front-desk supervisor'] },
  FRONT_DESK_STAFF: { label: ['前台人员', 'Front-desk staff'] },
  RETENTION_CENTER_MANAGER: { label: ['客户维系中心经理', 'Customer-retention centre manager'] },
  CARE_SPECIALIST: { label: ['客服专员', 'Customer-care specialist'] },
  INSURANCE_SPECIALIST: { label: ['保险专员', 'Insurance specialist'] },
  AFTER_SALES_FRONT_DESK_SUPERVISOR: { label: ['售后服务部前台主管', 'After-sales front-desk supervisor'] },
  SERVICE_CENTER: { label: ['客户服务中心', 'Customer-service centre'] },
  ENGINEERING_DEPT: { label: ['工程部', 'Engineering department'] },
  OFFICE_DIRECTOR: { label: ['办公室主任', 'Office director'] },
  DEPUTY_MANAGER: { label: ['副经理', 'Deputy manager'] },
  DEPT_HEAD: { label: ['部门主管', 'Head of the applying department'] },
  DEPT_MANAGER: { label: ['部门经理', 'Department manager'] },
  GIFT_CUSTODIAN: { label: ['礼品管理人员', 'Gift custodian'] },
  FINANCE: { label: ['财务部', 'Finance department'] },
  MARKETING: { label: ['营销部门', 'Marketing department'] },
  BUSINESS_DEPT: { label: ['业务部', 'Business / sales department'] },
  PRODUCTION: { label: ['生产部门', 'Production department'] },
  QUALITY: { label: ['质检部门', 'Quality-inspection department'] },
  CUSTOMER_DEPT: { label: ['客户部门', 'Customer department'] },
  SALES_REP: { label: ['销售人员', 'Sales staff'] },
  RELATED_DEPT: { label: ['相关部门', 'Related department'] },
  RESPONSIBLE_DEPT: { label: ['责任部门', 'Responsible department of a complaint'] },
  COUNTERSIGN_DEPT: { label: ['会签部门', 'Countersigning department'] },
  CUSTOMER: { label: ['客户', 'Customer'], external: true },
  ACCOUNT_MANAGER: { label: ['客户经理', 'Account manager'] },
  ACCOUNT_DIRECTOR: { label: ['客户总监', 'Account director'] },
  CREATIVE_DIRECTOR: { label: ['创意总监', 'Creative director'] },
  DESIGN_DIRECTOR: { label: ['设计总监', 'Design director'] },
  FILM_DIRECTOR: { label: ['导演', 'Film director'] },
  PROJECT_LEADER: { label: ['项目负责人', 'Project leader'] },
  PROJECT_TEAM: { label: ['项目服务组', 'Project service group'] },
  BUSINESS_GROUP_SUPERVISOR: { label: ['业务组主管', 'Business-group supervisor'] },
  CRM_DEPT: { label: ['CRM部门', 'CRM department'] },
  PRODUCT_DEPT: { label: ['产品部门', 'Product department'] },
  REVIEWER: { label: ['审核人', 'Reviewer named on a form'] },
  INFO_REVIEWER: { label: ['相关人员', 'Reviewer of customer-information changes'], impliedBy: ['INFO_SUPERVISOR'] },
  SYSTEM: { label: ['系统', 'Scheduler / automation'], external: true },
  EMPLOYEE: { label: ['员工（报销人）', 'Employee (claimant)'], everyone: true },
  PRE_APPROVER: { label: ['预审人', 'Pre-approver'] },
  ADMINISTRATION: { label: ['财务初审', 'Finance check'], impliedBy: ['FINANCE'] },
  BUDGET_OWNER: { label: ['预算负责人', 'Budget owner'] },
  SUPERVISOR: { label: ['直接主管', 'Line supervisor'] },
  DIRECTOR: { label: ['总经理（报销终审）', 'Director (final expense approval)'], impliedBy: ['GENERAL_MANAGER'] },
  AUDITOR: { label: ['审计员', 'Auditor'] },
  ORGANISATION_ADMINISTRATOR: { label: ['组织管理员', 'Organisation administrator'] },
} as const satisfies Record<string, RoleSpec>

export type Role = keyof typeof roles
export const roleIds = Object.keys(roles) as Role[]
const specs: Record<Role, RoleSpec> = roles

export const labelOfRole = (role: Role): Label => specs[role].label

/** The roles given to a person, and those that come with them. Input and output: role ids, each once. */
export function rolesHeld(granted: readonly Role[]): Role[] {
  const held = new Set<Role>(granted)
  for (const role of roleIds) {
    const { everyone, impliedBy } = specs[role]
    if (everyone || impliedBy?.some((other) => granted.includes(other as Role))) held.add(role)
  }
  return [...held]
}
/** Who stands above a post (catalogue `roles.md`, a.1 to a.3): decides in its place where separation of duties leaves nobody. */
const above: Readonly<Partial<Record<Role, Role>>> = {
  DEPUTY_GENERAL_MANAGER: 'GENERAL_MANAGER',
  CS_DIRECTOR: 'GENERAL_MANAGER',
  CS_MANAGER: 'CS_DIRECTOR',
  RELATIONS_MANAGER: 'CS_DIRECTOR',
  KEY_ACCOUNT_MANAGER: 'CS_DIRECTOR',
  AFTER_SALES_MANAGER: 'CS_DIRECTOR',
  CS_MANAGER_ASSISTANT: 'CS_MANAGER',
  CS_SUPERVISOR: 'CS_MANAGER',
  SURVEY_SUPERVISOR: 'CS_MANAGER',
  SURVEY_SPECIALIST: 'SURVEY_SUPERVISOR',
  DEVELOPMENT_SUPERVISOR: 'CS_MANAGER',
  DEVELOPMENT_SPECIALIST: 'DEVELOPMENT_SUPERVISOR',
  RELATIONS_SUPERVISOR: 'CS_MANAGER',
  RELATIONS_SPECIALIST: 'RELATIONS_SUPERVISOR',
  RECEPTION_SPECIALIST: 'RELATIONS_SUPERVISOR',
  PROPOSAL_SPECIALIST: 'RELATIONS_SUPERVISOR',
  KEY_ACCOUNT_SUPERVISOR: 'CS_MANAGER',
  KEY_ACCOUNT_SPECIALIST: 'KEY_ACCOUNT_SUPERVISOR',
  AFTER_SALES_SUPERVISOR: 'CS_MANAGER',
  AFTER_SALES_SPECIALIST: 'AFTER_SALES_SUPERVISOR',
  TECHNICIAN: 'AFTER_SALES_SUPERVISOR',
  REPAIR_TECHNICIAN: 'AFTER_SALES_SUPERVISOR',
  COMPLAINT_SUPERVISOR: 'CS_MANAGER',
  COMPLAINT_SPECIALIST: 'COMPLAINT_SUPERVISOR',
  INFO_SUPERVISOR: 'CS_MANAGER',
  INFO_SPECIALIST: 'INFO_SUPERVISOR',
  CALL_CENTER_SUPERVISOR: 'CS_MANAGER',
  CALL_CENTER_TEAM_LEADER: 'CALL_CENTER_SUPERVISOR',
  CALL_CENTER_AGENT: 'CALL_CENTER_TEAM_LEADER',
  FRONT_DESK_STAFF: 'FRONT_DESK_SUPERVISOR',
  FRONT_DESK_SUPERVISOR: 'RETENTION_CENTER_MANAGER',
  RETENTION_CENTER_MANAGER: 'GENERAL_MANAGER',
  CARE_SPECIALIST: 'CS_MANAGER',
  BUSINESS_GROUP_SUPERVISOR: 'CS_MANAGER',
  OFFICE_DIRECTOR: 'GENERAL_MANAGER',
  DEPUTY_MANAGER: 'GENERAL_MANAGER',
  ACCOUNT_MANAGER: 'ACCOUNT_DIRECTOR',
  PROJECT_TEAM: 'PROJECT_LEADER',
  SUPERVISOR: 'DIRECTOR',
}
const levelsMax = 5
/** The posts above a role, the nearest first, at most five. */
export function rolesAbove(role: Role): Role[] {
  const line: Role[] = []
  for (let next = above[role]; next && line.length < levelsMax; next = above[next]) line.push(next)
  return line
}

/** The roles whose holders also hold this one, itself included. */
export function grantsOf(role: Role): Role[] {
  const { everyone, impliedBy } = specs[role]
  return roleIds.filter((granted) => everyone || granted === role || impliedBy?.includes(granted))
}

/** Roles that may be given to an employee: all but the external ones and those that everybody holds. */
export const grantable = (role: Role): boolean => !specs[role].external && !specs[role].everyone
