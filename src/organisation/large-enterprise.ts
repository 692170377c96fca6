import { type Chart, department, staff } from './staff.js'

/**
 * The chart of a large enterprise (catalogue `roles.md` a.1; 002 ch1 一): seven functions, each 主管 → 专员.
 * Every 主管 is a CS_SUPERVISOR too: that is the generic grade (002 ch1 六).
 */
export const largeEnterprise: Chart = {
  departments: [
    department('COMPANY', ['公司领导', 'Company management']),
    department('CS', ['客户服务部', 'Customer service'], 'COMPANY'),
    department('CS-SURVEY', ['客户调查与开发组', 'Customer survey and development'], 'CS'),
    department('CS-RELATIONS', ['客户关系组', 'Customer relations'], 'CS'),
    department('CS-KEY', ['大客户组', 'Key accounts'], 'CS'),
    department('CS-AFTER', ['售后服务组', 'After-sales service'], 'CS'),
    department('CS-COMPLAINT', ['客户投诉组', 'Customer complaints'], 'CS'),
    department('CS-INFO', ['客户信息组', 'Customer information'], 'CS'),
    department('CS-CALL', ['呼叫中心', 'Call centre'], 'CS'),
  ],
  staff: [
    staff('GENERAL_MANAGER', 'COMPANY', '陈国栋'),
    staff('CS_DIRECTOR', 'CS', '林静宜'),
    // The second may apply for hospitality: then one of the others has to approve it.
    staff('CS_MANAGER', 'CS', ['王海涛', 'DEPT_MANAGER', 'SUPERVISOR'], ['李雪梅', 'RELATED_DEPT', 'SUPERVISOR'], ['张文博', 'SUPERVISOR']),
    staff('CS_MANAGER_ASSISTANT', 'CS', ['刘思琪', 'PRE_APPROVER']),
    staff('DEPT_HEAD', 'CS', '赵立新', '孙玉兰'),

    staff('SURVEY_SUPERVISOR', 'CS-SURVEY', ['周志明', 'CS_SUPERVISOR'], ['吴晓燕', 'CS_SUPERVISOR']),
    staff('SURVEY_SPECIALIST', 'CS-SURVEY', '郑浩然', '冯佳怡', '褚天宇'),
    staff('DEVELOPMENT_SUPERVISOR', 'CS-SURVEY', ['卫东升', 'CS_SUPERVISOR'], ['蒋丽娜', 'CS_SUPERVISOR']),
    staff('DEVELOPMENT_SPECIALIST', 'CS-SURVEY', '沈一凡', '韩雨桐', '杨子豪'),

    staff('RELATIONS_SUPERVISOR', 'CS-RELATIONS', ['朱慧敏', 'CS_SUPERVISOR', 'SUPERVISOR'], ['秦振华', 'CS_SUPERVISOR']),
    // The third has guests of his own: the others take in and plan his meals.
    staff('RELATIONS_SPECIALIST', 'CS-RELATIONS', '尤欣怡', '许嘉伟', ['何俊杰', 'RELATED_DEPT']),

    staff('KEY_ACCOUNT_SUPERVISOR', 'CS-KEY', ['吕建平', 'CS_SUPERVISOR'], ['施婉婷', 'CS_SUPERVISOR']),
    staff('KEY_ACCOUNT_SPECIALIST', 'CS-KEY', '张瑞雪', '孔令辉', '曹梦洁'),

    staff('AFTER_SALES_SUPERVISOR', 'CS-AFTER', ['严永强', 'CS_SUPERVISOR'], ['华秀芳', 'CS_SUPERVISOR']),
    staff('AFTER_SALES_SPECIALIST', 'CS-AFTER', '金志远', '魏晓东', '陶春燕'),
    staff('TECHNICIAN', 'CS-AFTER', '姜宏伟', '戚少波'),
    staff('REPAIR_TECHNICIAN', 'CS-AFTER', '谢大勇', '邹铁军'),

    staff('COMPLAINT_SUPERVISOR', 'CS-COMPLAINT', ['喻爱华', 'CS_SUPERVISOR'], ['柏正阳', 'CS_SUPERVISOR']),
    staff('COMPLAINT_SPECIALIST', 'CS-COMPLAINT', '水灵儿', '窦文静', '章启明'),

    // The second keeps files as well, and so may not approve a cancellation that she applied for (page 14, test 5).
    staff('INFO_SUPERVISOR', 'CS-INFO', ['云志刚', 'CS_SUPERVISOR', 'REVIEWER'], ['苏晓萌', 'CS_SUPERVISOR', 'INFO_SPECIALIST']),
    staff('INFO_SPECIALIST', 'CS-INFO', '潘晨曦', '葛明亮', '范诗涵'),

    staff('CALL_CENTER_SUPERVISOR', 'CS-CALL', ['彭秀英', 'CS_SUPERVISOR'], ['郎永健', 'CS_SUPERVISOR']),
    staff('CALL_CENTER_TEAM_LEADER', 'CS-CALL', '鲁海燕', '韦国庆'),
    staff('CALL_CENTER_AGENT', 'CS-CALL', '昌小雨', '马晓丽', '苗翠翠'),
  ],
}
