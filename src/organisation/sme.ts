import { type Chart, department, staff } from './staff.js'

/**
 * The chart of a small or medium enterprise (catalogue `roles.md` a.2; 002 ch1 二). Where a post of the large chart
 * is missing, its substitute holds that role besides the own post, and nobody else does.
 */
export const sme: Chart = {
  departments: [
    department('COMPANY', ['公司领导', 'Company management']),
    department('CS', ['客户服务部', 'Customer service'], 'COMPANY'),
    department('CS-KEY', ['大客户关系组', 'Key accounts'], 'CS'),
    department('CS-RELATIONS', ['客户关系维护组', 'Customer relations'], 'CS'),
    department('CS-AFTER', ['售后服务组', 'After-sales service'], 'CS'),
  ],
  staff: [
    staff('GENERAL_MANAGER', 'COMPANY', ['陈国栋', 'CS_DIRECTOR']),
    staff('CS_MANAGER', 'CS', ['王海涛', 'DEPT_MANAGER', 'SUPERVISOR']),
    staff('CS_MANAGER_ASSISTANT', 'CS', ['刘思琪', 'PRE_APPROVER', 'DEPT_HEAD']),

    staff('KEY_ACCOUNT_SUPERVISOR', 'CS-KEY', ['吕建平', 'CS_SUPERVISOR', 'DEVELOPMENT_SUPERVISOR']),
    staff(
      'KEY_ACCOUNT_SERVICE_TEAM',
      'CS-KEY',
      ['张瑞雪', 'KEY_ACCOUNT_SPECIALIST', 'DEVELOPMENT_SPECIALIST'],
      ['孔令辉', 'KEY_ACCOUNT_SPECIALIST', 'DEVELOPMENT_SPECIALIST'],
    ),

    staff('RELATIONS_SUPERVISOR', 'CS-RELATIONS', ['朱慧敏', 'CS_SUPERVISOR', 'INFO_SUPERVISOR', 'SURVEY_SUPERVISOR']),
    staff('PROPOSAL_SPECIALIST', 'CS-RELATIONS', '秦振华'),
    staff('RECEPTION_SPECIALIST', 'CS-RELATIONS', ['尤欣怡', 'RELATIONS_SPECIALIST'], ['许嘉伟', 'RELATIONS_SPECIALIST', 'RELATED_DEPT', 'SERVICE_CENTER']),
    staff('INFO_SPECIALIST', 'CS-RELATIONS', '潘晨曦', '葛明亮'),

    staff('AFTER_SALES_SUPERVISOR', 'CS-AFTER', ['严永强', 'CS_SUPERVISOR', 'COMPLAINT_SUPERVISOR']),
    // Who oversees the calls does not take them: CALL_CENTER_AGENT is with the researchers.
    staff('COMPLAINT_SPECIALIST', 'CS-AFTER', ['水灵儿', 'CALL_CENTER_SUPERVISOR'], ['窦文静', 'CALL_CENTER_TEAM_LEADER']),
    staff(
      'AFTER_SALES_RESEARCH_SPECIALIST',
      'CS-AFTER',
      ['金志远', 'AFTER_SALES_SPECIALIST', 'SURVEY_SPECIALIST', 'CALL_CENTER_AGENT'],
      ['魏晓东', 'AFTER_SALES_SPECIALIST', 'SURVEY_SPECIALIST', 'CALL_CENTER_AGENT'],
    ),
    // The small chart names neither post nor substitute.
    staff('TECHNICIAN', 'CS-AFTER', '姜宏伟'),
    staff('REPAIR_TECHNICIAN', 'CS-AFTER', '谢大勇'),
  ],
}
