import { alsoOf, type Chart, department, nameOf, type Staff, staff } from './staff.js'

/**
 * Everybody outside the two charts (catalogue `roles.md` a.3): the company level, the other departments,
 * the structures of 003 第三篇 and of 000 第1, 2, 5 and 6篇, and three posts of our own.
 */
const others: Chart = {
  departments: [
    department('OFFICE', ['办公室', 'Office'], 'COMPANY'),
    department('GIFT', ['礼品管理部', 'Gift management'], 'OFFICE'),
    department('AUDIT', ['审计室', 'Internal audit'], 'COMPANY'),
    department('HR', ['人力资源部', 'Human resources'], 'COMPANY'),
    department('FINANCE', ['财务部', 'Finance'], 'COMPANY'),
    department('MARKETING', ['市场营销部', 'Marketing'], 'COMPANY'),
    department('BUSINESS', ['业务部', 'Business and sales'], 'COMPANY'),
    department('PRODUCTION', ['生产部', 'Production'], 'COMPANY'),
    department('QUALITY', ['质检部', 'Quality inspection'], 'COMPANY'),
    department('CUSTOMER', ['客户部', 'Customer department'], 'COMPANY'),
    department('CREATIVE', ['创作制作部', 'Creation and production'], 'COMPANY'),
    department('ENGINEERING', ['工程部', 'Engineering'], 'COMPANY'),
    department('CRM', ['CRM部', 'CRM'], 'COMPANY'),
    department('PRODUCT', ['产品部', 'Product'], 'COMPANY'),
    department('CS-RETENTION', ['客户维系中心', 'Customer retention centre'], 'CS'),
    department('CS-CARE', ['客户服务中心', 'Customer-service centre'], 'CS'),
  ],
  staff: [
    staff('DEPUTY_GENERAL_MANAGER', 'COMPANY', '方明远', '俞丽华'),
    staff('DEPUTY_MANAGER', 'COMPANY', '任建国', '袁淑珍'),
    staff('OFFICE_DIRECTOR', 'OFFICE', '柳成林', ['酆春生', 'PRE_APPROVER', 'RELATED_DEPT']),
    staff('GIFT_CUSTODIAN', 'GIFT', '鲍玉珍', ['史文娟', 'RELATED_DEPT']),
    staff('AUDITOR', 'AUDIT', '唐铁民'),
    staff('ORGANISATION_ADMINISTRATOR', 'HR', '费晓明'),

    // Who checks, pays and owns the budget are three; the third stands in for the inspectors too.
    staff('FINANCE', 'FINANCE', '廉洁清', '岑慧珠', ['薛志强', 'QUALITY']),
    staff('DEPT_MANAGER', 'FINANCE', ['雷正义', 'BUDGET_OWNER', 'SUPERVISOR', 'RELATED_DEPT']),
    staff('MARKETING', 'MARKETING', '贺佳敏', ['倪子轩', 'RELATED_DEPT']),
    staff('DEPT_MANAGER', 'MARKETING', ['汤文彬', 'BUDGET_OWNER', 'SUPERVISOR', 'COUNTERSIGN_DEPT']),
    staff('BUSINESS_DEPT', 'BUSINESS', '滕海波', '殷秋月', ['罗振宇', 'RESPONSIBLE_DEPT']),
    staff('BUSINESS_GROUP_SUPERVISOR', 'BUSINESS', ['毕胜利', 'RELATED_DEPT']),
    staff('DEPT_HEAD', 'BUSINESS', '郝建军'),
    staff('SALES_REP', 'BUSINESS', '邬思远', ['安晓琳', 'RELATED_DEPT']),
    staff('PRODUCTION', 'PRODUCTION', '常卫国', ['乐永康', 'RESPONSIBLE_DEPT', 'RELATED_DEPT']),
    staff('DEPT_MANAGER', 'PRODUCTION', ['于大海', 'SUPERVISOR', 'COUNTERSIGN_DEPT']),
    staff('QUALITY', 'QUALITY', '时文斌', ['傅晓霞', 'RELATED_DEPT']),
    staff('ENGINEERING_DEPT', 'ENGINEERING', '皮成功', ['卞志宏', 'RELATED_DEPT']),
    staff('CRM_DEPT', 'CRM', '齐思源', ['康雅婷', 'RELATED_DEPT']),
    staff('PRODUCT_DEPT', 'PRODUCT', '伍家豪', ['余静雯', 'RELATED_DEPT']),

    // 000 第2篇: ACCOUNT_DIRECTOR → ACCOUNT_MANAGER; the three directors; PROJECT_LEADER → PROJECT_TEAM.
    staff('CUSTOMER_DEPT', 'CUSTOMER', '元秋菊', ['卜凡', 'RELATED_DEPT']),
    staff('ACCOUNT_DIRECTOR', 'CUSTOMER', ['顾长安', 'REVIEWER']),
    staff('ACCOUNT_MANAGER', 'CUSTOMER', '孟祥瑞', '平安琪'),
    staff('CREATIVE_DIRECTOR', 'CREATIVE', '黄子墨'),
    staff('DESIGN_DIRECTOR', 'CREATIVE', '和文婧'),
    staff('FILM_DIRECTOR', 'CREATIVE', '穆青山'),
    staff('PROJECT_LEADER', 'CREATIVE', '萧一鸣', '尹晓光'),
    staff('PROJECT_TEAM', 'CREATIVE', '姚佳琪', ['邵子涵', 'RELATED_DEPT']),

    // 003 第三篇
    staff('RETENTION_CENTER_MANAGER', 'CS-RETENTION', '湛秀丽'),
    staff('FRONT_DESK_SUPERVISOR', 'CS-RETENTION', ['汪春梅', 'CS_SUPERVISOR']),
    staff('FRONT_DESK_STAFF', 'CS-RETENTION', '祁小芳', '毛丽丽'),
    staff('SERVICE_QUALITY_INSPECTOR', 'CS-RETENTION', '禹志鹏', '狄晓军'),
    // 000 第6篇; two of them make the return visits of 000 第5篇.
    staff('CARE_SPECIALIST', 'CS-CARE', ['米小红', 'SERVICE_CENTER'], ['贝佳宁', 'SERVICE_CENTER'], '明月华'),
    staff('INSURANCE_SPECIALIST', 'CS-CARE', '臧建设', '计小凤'),
    staff('AFTER_SALES_FRONT_DESK_SUPERVISOR', 'CS-CARE', ['成美玲', 'CS_SUPERVISOR']),
  ],
}

/** One on each post, who takes over what the others held besides; two in finance, since whoever checks does not pay. */
function smaller({ post, department, people }: Staff): Staff {
  const kept = people.slice(0, post === 'FINANCE' ? 2 : 1)
  const last = kept.at(-1)!
  const also = new Set([last, ...people.slice(kept.length)].flatMap(alsoOf))
  return { post, department, people: [...kept.slice(0, -1), [nameOf(last), ...also]] }
}

/** In: how large the company is. Out: everybody outside the customer-service chart. */
export const otherDepartments = (kind: 'large' | 'sme'): Chart => (kind === 'large' ? others : { ...others, staff: others.staff.map(smaller) })
