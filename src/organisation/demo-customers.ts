/** Somebody to talk to at a customer; phones are of one made-up block, addresses of example.com. */
export interface Contact {
  readonly name: string
  readonly post: string
  readonly phone: string
  readonly email: string
}
/** A customer as the table `customer` has it; a natural person has no industry. */
export interface Customer {
  readonly code: string
  readonly kind: 'LEGAL_PERSON' | 'NATURAL_PERSON'
  readonly name: string
  readonly status: 'PROSPECT' | 'ACTIVE'
  readonly industry?: string
  readonly region: string
  readonly contacts: readonly Contact[]
}

/** `contacts`: name and post of each, one after the other. */
type Company = readonly [name: string, industry: string, region: string, contacts: string]
type Private = readonly [name: string, region: string, contacts?: string]

const companies: readonly Company[] = [
  ['海州恒远机械有限公司', '机械制造', '江苏', '钱卫东 采购经理，孙莉 财务主管'],
  ['临江瑞丰食品有限公司', '食品加工', '浙江', '李国富 总经理'],
  ['北原华泰电力设备有限公司', '电力设备', '河北', '周凯 设备部部长，吴敏 采购专员，郑涛 技术主管'],
  ['南浦清源水务有限公司', '公用事业', '福建', '王秀芹 办公室主任'],
  ['东湖智联科技有限公司', '信息技术', '湖北', '冯宇 技术总监，陈洁 行政经理'],
  ['西岭绿野农业有限公司', '农业', '四川', '褚德胜 总经理'],
  ['金沙湾大酒店有限公司', '酒店餐饮', '海南', '卫红 前厅经理，蒋波 采购经理'],
  ['云桥物流有限公司', '物流运输', '广东', '沈刚 运营总监，韩雪 客服主管'],
  ['长岭建筑工程有限公司', '建筑', '湖南', '杨铁成 项目经理'],
  ['明德教育咨询有限公司', '教育', '北京', '朱琳 校务主任，秦川 行政主管'],
  ['康宁医疗器械有限公司', '医疗器械', '上海', '尤华 质量经理，许静 采购经理，何文 财务经理'],
  ['星辰文化传播有限公司', '文化传媒', '北京', '吕歌 品牌总监'],
  ['宏图汽车零部件有限公司', '汽车零部件', '吉林', '施工强 生产总监，张倩 采购主管'],
  ['碧海渔业有限公司', '渔业', '山东', '孔祥海 总经理'],
  ['远山木业有限公司', '木材家具', '黑龙江', '曹林 销售经理'],
  ['天工精密模具有限公司', '机械制造', '广东', '严明 总工程师，华丽 采购专员'],
  ['安泰物业管理有限公司', '物业管理', '重庆', '金凤 物业经理，魏强 工程主管'],
  ['百川化工有限公司', '化工', '江苏', '陶然 安全总监'],
  ['丰年粮油贸易有限公司', '批发零售', '河南', '姜玉 采购经理，戚勇 仓储主管'],
  ['锦绣纺织有限公司', '纺织', '浙江', '谢芳 外贸经理'],
  ['蓝桥通信工程有限公司', '通信', '陕西', '邹宁 项目总监，喻婷 商务经理'],
  ['嘉禾连锁超市有限公司', '批发零售', '安徽', '柏松 采购总监，水秀 门店主管，窦平 财务主管'],
  ['鼎新印刷包装有限公司', '印刷包装', '广东', '章华 厂长'],
  ['日升光伏能源有限公司', '新能源', '甘肃', '云飞 工程经理，苏琴 采购经理'],
  ['凌云航空服务有限公司', '航空服务', '云南', '潘峰 地服经理'],
  ['乐途旅行社有限公司', '旅游', '广西', '葛敏 计调主管'],
  ['瀚海矿业有限公司', '采矿', '内蒙古', '范军 设备经理，彭磊 安全主管'],
  ['同心养老服务有限公司', '养老服务', '天津', '郎梅 院长'],
]
/** The last five companies are prospects: nobody has sold them anything yet. */
const prospects = 5

const privates: readonly Private[] = [
  ['鲁建平', '北京'],
  ['韦丽君', '上海'],
  ['昌志勇', '天津', '昌小梅 家属'],
  ['马凤英', '江苏'],
  ['苗青', '浙江'],
  ['凤雅琴', '山东'],
  ['花正刚', '广东', '花蕾 家属'],
  ['方晓东', '四川'],
  ['俞慧', '湖北'],
  ['任小龙', '辽宁'],
  ['袁春兰', '陕西', '袁野 家属'],
  ['柳永年', '福建'],
]

/** Reads `name post，name post`; `first`: the last four digits of the first phone. */
const contactsOf = (code: string, first: number, listed: string): Contact[] =>
  listed.split('，').map((entry, index) => {
    const [name = '', post = ''] = entry.split(' ')
    return { name, post, phone: `1390000${String(first + index).padStart(4, '0')}`, email: `${code.toLowerCase()}-${index + 1}@example.com` }
  })

/** Forty customers with their contacts: companies from C0001 on, then people. None of them exists. */
export function demoCustomers(): readonly Customer[] {
  const rows: readonly Omit<Customer & { readonly listed: string }, 'code' | 'contacts'>[] = [
    ...companies.map(([name, industry, region, listed], index) => {
      const status = index < companies.length - prospects ? ('ACTIVE' as const) : ('PROSPECT' as const)
      return { kind: 'LEGAL_PERSON' as const, name, status, industry, region, listed }
    }),
    ...privates.map(([name, region, family]) => {
      const listed = [`${name} 本人`, family].filter(Boolean).join('，')
      return { kind: 'NATURAL_PERSON' as const, name, status: 'ACTIVE' as const, region, listed }
    }),
  ]
  // Ten numbers to a customer: a contact added later leaves the others as they are.
  return rows.map(({ listed, ...customer }, index) => {
    const code = `C${String(index + 1).padStart(4, '0')}`
    return { code, ...customer, contacts: contactsOf(code, (index + 1) * 10 + 1, listed) }
  })
}
