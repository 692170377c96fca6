import {
  choice,
  date,
  datetime,
  decimal,
  flag,
  form,
  integer,
  money,
  ownCase,
  paragraph,
  phone,
  reference,
  references,
  rows,
  signature,
  text,
  texts,
} from '../../../src/define/index.js'

export const investigationPurposes = {
  NEW_CUSTOMER: ['新客户开发', 'New customer'],
  GRADE_CHANGE: ['信用等级变更', 'Change of credit grade'],
  OTHER: ['其他', 'Other'],
} as const

/** What a case opens with: ours, for page 8 has the supervisor, a development case or a credit change start it. */
@form('credit-investigation-request', '信用调查委托', 'Credit investigation request')
export class CreditInvestigationRequest {
  @reference('Customer', '客户', 'Customer') customer!: string
  @choice('调查目的', 'Purpose', investigationPurposes) purpose!: keyof typeof investigationPurposes
  @paragraph('说明', 'Explanation', { optional: true }) explanation?: string
}

/** The agency, from the list 调研/信用调查机构名录, or our own staff (page 8, step 1). */
@form('credit-agency', '信用调查机构', 'Credit agency')
export class CreditAgency {
  @flag('自行调查', 'In-house') inHouse!: boolean
  @text('信用调查机构', 'Agency', { optional: true }) agency?: string
}

/** Page 8, step 2. */
@form('credit-method', '信用调查方法', 'Credit investigation method')
export class CreditMethod {
  @paragraph('信用调查方法', 'Method') method!: string
}

/** Page 8, step 3. */
@form('credit-content', '信用调查内容', 'Credit investigation contents')
export class CreditContent {
  @texts('调查项目', 'Items') items!: string[]
}

export const operationForms = {
  SOLE_PROPRIETORSHIP: ['独资', 'Sole proprietorship'],
  PARTNERSHIP: ['合伙', 'Partnership'],
  COMPANY: ['企业', 'Company'],
} as const
export const premisesTypes = { MARKET: ['市场', 'Market'], RESIDENTIAL: ['住宅', 'Residential'], SUBURB: ['郊外', 'Suburb'] } as const
export const principalCharacters = {
  GENTLE: ['温柔', 'Gentle'],
  CHEERFUL: ['开朗', 'Cheerful'],
  ECCENTRIC: ['古怪', 'Eccentric'],
  ARROGANT: ['自大', 'Arrogant'],
} as const
export const principalTemperaments = {
  STEADY: ['稳重', 'Steady'],
  TACITURN: ['寡言', 'Taciturn'],
  IMPATIENT: ['急躁', 'Impatient'],
  TALKATIVE: ['饶舌', 'Talkative'],
} as const
export const educationLevels = {
  UNIVERSITY: ['大学', 'University'],
  SENIOR_HIGH: ['高中', 'Senior high'],
  JUNIOR_HIGH: ['初中', 'Junior high'],
  PRIMARY: ['小学', 'Primary'],
} as const
export const eloquenceLevels = { GOOD: ['佳', 'Good'], AVERAGE: ['普通', 'Average'], POOR: ['口拙', 'Poor'] } as const
export const ideologies = {
  MODERATE: ['稳健派', 'Moderate'],
  CONSERVATIVE: ['保守派', 'Conservative'],
  RADICAL_REFORMER: ['革新激进派', 'Radical reformer'],
} as const
export const drinkingHabits = { DRINKS: ['饮', 'Drinks'], DOES_NOT_DRINK: ['不饮', 'Does not drink'] } as const
export const smokingHabits = { SMOKES: ['抽', 'Smokes'], DOES_NOT_SMOKE: ['不抽', 'Does not smoke'] } as const
export const technicalSkills = { SKILLED: ['熟练', 'Skilled'], SOME: ['略懂', 'Some'], NONE: ['不懂', 'None'] } as const
export const rating5 = {
  VERY_GOOD: ['很好', 'Very good'],
  GOOD: ['好', 'Good'],
  AVERAGE: ['普通', 'Average'],
  POOR: ['差', 'Poor'],
  VERY_POOR: ['很差', 'Very poor'],
} as const
export const bookkeepingStates = { COMPLETE: ['完备', 'Complete'], INCOMPLETE: ['不完备', 'Incomplete'] } as const
export const organisationForms = {
  JOINT_STOCK: ['股份公司', 'Joint stock'],
  INDIVIDUAL: ['个人经营', 'Individual'],
  LIMITED_COMPANY: ['有限公司', 'Limited company'],
  JOINT_VENTURE: ['合资公司', 'Joint venture'],
} as const
export const paymentAttitudes = {
  PROMPT: ['爽快', 'Prompt'],
  NORMAL: ['普通', 'Normal'],
  ACCEPTABLE: ['尚可', 'Acceptable'],
  DELAYED: ['迟延', 'Delayed'],
  RELUCTANT: ['为难', 'Reluctant'],
  BALANCE_IN_ARREARS: ['拖欠尾款', 'Balance in arrears'],
} as const
export const premisesLocations = {
  BUSY_DISTRICT: ['处于繁华区', 'Busy district'],
  ORDINARY_COMMERCIAL: ['一般商业区', 'Ordinary commercial'],
  REMOTE: ['偏僻地区', 'Remote'],
} as const
export const decorations = { REFINED: ['精装', 'Refined'], AVERAGE: ['普通', 'Average'], POOR: ['差', 'Poor'] } as const
export const insurances = { INSURED: ['有', 'Insured'], UNINSURED: ['无', 'Uninsured'] } as const
export const gradeABCD = { A: ['A', 'A'], B: ['B', 'B'], C: ['C', 'C'], D: ['D', 'D'] } as const

export class CustomerCreditInvestigationTradedGood {
  @text('品种', 'Category') category!: string
  @text('品牌', 'Brand', { optional: true }) brand?: string
  @decimal('月销售量', 'Monthly volume', { optional: true }) monthlyVolume?: string
  @money('月金额', 'Monthly amount', { optional: true, sensitivity: 'S1' }) monthlyAmount?: string
  @decimal('年销售量', 'Annual volume', { optional: true }) annualVolume?: string
  @money('年金额', 'Annual amount', { optional: true, sensitivity: 'S1' }) annualAmount?: string
  @text('备注', 'Remark', { optional: true }) remark?: string
}

/**
 * 客户信用调查表 (002 2.8). Grade, score and limit are set by the analysis, the boxes at the foot by the decisions.
 * The class is not named like its id: that name belongs to the process.
 */
@form('customer-credit-investigation', '客户信用调查表', 'Customer credit investigation form')
export class CustomerCreditInvestigationForm {
  @reference('Customer', '公司编号', 'Company No.') companyNo!: string
  @text('地址', 'Company address') companyAddress!: string
  @phone('电话', 'Company phone', { optional: true }) companyPhone?: string
  @text('负责人', 'Principal name', { sensitivity: 'S2' }) principalName!: string
  @text('住所', 'Principal residence', { optional: true, sensitivity: 'S2' }) principalResidence?: string
  @phone('负责人电话', 'Principal phone', { optional: true, sensitivity: 'S2' }) principalPhone?: string
  @date('创业日期', 'Founded on', { optional: true }) foundedOn?: string
  @paragraph('营业项目', 'Business items') businessItems!: string
  @choice('经营方式', 'Operation form', operationForms) operationForm!: keyof typeof operationForms
  @date('开始交易日期', 'First trade date', { optional: true }) firstTradeDate?: string
  @text('营业区域', 'Business area', { optional: true }) businessArea?: string
  @choice('经营地点', 'Premises type', premisesTypes, { optional: true }) premisesType?: keyof typeof premisesTypes
  @choice('负责人情况—性格', 'Principal character', principalCharacters, { optional: true, sensitivity: 'S4' })
  principalCharacter?: keyof typeof principalCharacters
  @choice('气质', 'Principal temperament', principalTemperaments, { optional: true, sensitivity: 'S4' })
  principalTemperament?: keyof typeof principalTemperaments
  @text('兴趣', 'Principal interests', { optional: true, sensitivity: 'S4' }) principalInterests?: string
  @text('名誉职位', 'Honorary posts', { optional: true, sensitivity: 'S2' }) honoraryPosts?: string
  @choice('学历', 'Education', educationLevels, { optional: true, sensitivity: 'S2' }) education?: keyof typeof educationLevels
  @text('籍贯', 'Native place', { optional: true, sensitivity: 'S2' }) nativePlace?: string
  @paragraph('经历', 'Career history', { optional: true, sensitivity: 'S2' }) careerHistory?: string
  @choice('口才', 'Eloquence', eloquenceLevels, { optional: true, sensitivity: 'S4' }) eloquence?: keyof typeof eloquenceLevels
  @choice('思想', 'Ideology', ideologies, { optional: true, sensitivity: 'S4' }) ideology?: keyof typeof ideologies
  @choice('嗜好—酒', 'Drinking', drinkingHabits, { optional: true, sensitivity: 'S4' }) drinking?: keyof typeof drinkingHabits
  @choice('嗜好—香烟', 'Smoking', smokingHabits, { optional: true, sensitivity: 'S4' }) smoking?: keyof typeof smokingHabits
  @text('优点', 'Strengths', { optional: true, sensitivity: 'S4' }) strengths?: string
  @text('特长', 'Special skills', { optional: true, sensitivity: 'S2' }) specialSkills?: string
  @text('缺点', 'Weaknesses', { optional: true, sensitivity: 'S4' }) weaknesses?: string
  @choice('技术', 'Technical skill', technicalSkills, { optional: true, sensitivity: 'S2' }) technicalSkill?: keyof typeof technicalSkills
  @text('财务状况—往来银行', 'Banks', { optional: true, sensitivity: 'S1' }) banks?: string
  @choice('银行信用', 'Bank credit', rating5, { optional: true, sensitivity: 'S1', name: 'Rating5' }) bankCredit?: keyof typeof rating5
  @choice('账务体系', 'Bookkeeping', bookkeepingStates, { optional: true }) bookkeeping?: keyof typeof bookkeepingStates
  @choice('同业者评为', 'Peer rating', rating5, { optional: true, sensitivity: 'S1', name: 'Rating5' }) peerRating?: keyof typeof rating5
  @choice('经营组织', 'Org form', organisationForms, { optional: true }) orgForm?: keyof typeof organisationForms
  @choice('近邻评价', 'Neighbour rating', rating5, { optional: true, sensitivity: 'S1', name: 'Rating5' }) neighbourRating?: keyof typeof rating5
  @money('资本额', 'Capital', { optional: true, sensitivity: 'S1' }) capital?: string
  @choice('付款态度', 'Payment attitude', paymentAttitudes, { sensitivity: 'S1', name: 'PaymentAttitude' }) paymentAttitude!: keyof typeof paymentAttitudes
  @text('营业执照登记号码', 'Licence No.', { optional: true, max: 18 }) licenceNo?: string
  @paragraph('其他说明', 'Other notes', { optional: true }) otherNotes?: string
  @integer('店铺情况—资产:自有汽车', 'Own cars', { optional: true, unit: '辆' }) ownCars?: number
  @choice('场所', 'Location', premisesLocations, { optional: true }) location?: keyof typeof premisesLocations
  @choice('装饰', 'Decoration', decorations, { optional: true }) decoration?: keyof typeof decorations
  @choice('保险', 'Insured', insurances, { optional: true }) insured?: keyof typeof insurances
  @money('保险金额', 'Insured amount', { optional: true }) insuredAmount?: string
  @decimal('自有—面积', 'Owned area', { optional: true, unit: '㎡' }) ownedArea?: string
  @integer('自有—层数', 'Owned floors', { optional: true }) ownedFloors?: number
  @money('自有—市价', 'Owned market value', { optional: true, sensitivity: 'S1' }) ownedMarketValue?: string
  @decimal('租用—面积', 'Rented area', { optional: true, unit: '㎡' }) rentedArea?: string
  @rows(() => CustomerCreditInvestigationTradedGood, '营业状况—交易品种', 'Traded goods', { optional: true })
  tradedGoods?: CustomerCreditInvestigationTradedGood[]
  @choice('信用评定—信用等级', 'Credit grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) creditGrade?: keyof typeof gradeABCD
  @decimal('信用评分', 'Credit score', { optional: true, sensitivity: 'S1', max: '100' }) creditScore?: string
  @text('付款方式选择', 'Payment terms', { optional: true, sensitivity: 'S1' }) paymentTerms?: string
  @money('赊销限额', 'Credit sale limit', { optional: true, sensitivity: 'S1' }) creditSaleLimit?: string
  @flag('是否担保', 'Guarantee required', { optional: true }) guaranteeRequired?: boolean
  @paragraph('备注', 'Remark', { optional: true }) remark?: string
  @decimal('总资产', 'Total assets', { optional: true, sensitivity: 'S1', unit: '万元' }) totalAssets?: string
  @decimal('净资产', 'Net assets', { optional: true, sensitivity: 'S1', min: '-9999999999', unit: '万元' }) netAssets?: string
  @choice('评定等级', 'Assessment grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) assessmentGrade?: keyof typeof gradeABCD
  @choice('发展前景', 'Prospect grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) prospectGrade?: keyof typeof gradeABCD
  @text('信用调查机构', 'Investigation agency', { optional: true }) investigationAgency?: string
  @text('信用调查方法', 'Investigation method', { optional: true }) investigationMethod?: string
  @signature(['investigating', 'analysing'], '调查人', 'Investigator') investigator?: never
  @signature(['reportApproval'], '经理', 'Manager') manager?: never
  @signature(['gmSignature'], '总经理', 'General manager') generalManager?: never
}

export class CreditInvestigationSummaryRow {
  @reference('Customer', '客户名称', 'Customer', { optional: true }) customer?: string
  @decimal('总资产', 'Total assets', { optional: true, sensitivity: 'S1', unit: '万元' }) totalAssets?: string
  @decimal('净资产', 'Net assets', { optional: true, sensitivity: 'S1', min: '-9999999999', unit: '万元' }) netAssets?: string
  @choice('信用等级', 'Credit grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) creditGrade?: keyof typeof gradeABCD
  @choice('评定等级', 'Assessment grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) assessmentGrade?: keyof typeof gradeABCD
  @choice('发展前景', 'Prospect grade', gradeABCD, { optional: true, sensitivity: 'S1', name: 'GradeABCD' }) prospectGrade?: keyof typeof gradeABCD
}

/** 客户信用调查总表 (002 2.9). The rows may be left to a query over the credit survey forms. */
@form('credit-investigation-summary', '客户信用调查总表', 'Credit investigation summary')
export class CreditInvestigationSummary {
  @date('年月日', 'As of') asOf!: string
  @text('类别', 'Category', { optional: true }) category?: string
  @rows(() => CreditInvestigationSummaryRow, '明细', 'Rows', { optional: true }) rows?: CreditInvestigationSummaryRow[]
}

export const enterpriseBlocks = {
  INDUSTRY_TREND: ['业界动向', 'Industry trend'],
  MANAGEMENT_QUALITY: ['经营素质', 'Management quality'],
  INDUSTRY_OPINION: ['业界评语', 'Industry opinion'],
  MARKET: ['市场情况', 'Market'],
  FINANCE: ['财务状况', 'Finance'],
} as const

export const enterpriseItems = {
  IT1_TREND_GOOD_OR_BAD: ['有生意往来的企业界的动向是好是坏', 'Whether the trade it does business in is doing well or badly'],
  IT2_INTERNATIONAL_TREND: ['现今国际环境下的动向如何', 'Its trend in the present international situation'],
  IT3_FINANCIAL_ENVIRONMENT: ['金融环境如何', 'The financial climate'],
  IT4_OUTLOOK: ['业界未来的展望是光明的还是黑暗的', 'Whether the outlook of the trade is bright or dark'],
  IT5_LONG_TERM_OUTLOOK: ['业界的长期展望如何', 'The long-term outlook of the trade'],
  MQ1_CORPORATE_OR_FAMILY: ['有生意往来的企业的经营是法人还是个人(同族)', 'Run as a legal person or by an individual (a family)'],
  MQ2_CAPITAL_FUNDS: ['其资本、资金如何', 'Its capital and funds'],
  MQ3_PEER_OPINION: ['同行的评价如何', 'What its peers think of it'],
  MQ4_TRUST_OF_PARENT_AND_BANKS: ['总公司、关系企业、主要银行的信赖如何', 'How far its head office, affiliates and main banks trust it'],
  IO1_IMPROPER_DEALING_RUMOUR: ['是否有不当交易的谣传', 'Rumours of improper dealing'],
  IO2_POLITICAL_RUMOUR: ['是否有政治性不明朗的谣传', 'Rumours of murky politics'],
  IO3_TROUBLED_GROUP_LINKS: ['与问题多的外部团体的联系如何', 'Links with outside groups that have many problems'],
  IO4_UNFAIR_ACCOUNTING_RUMOUR: ['是否有计算上不公正的谣传', 'Rumours of unfair accounting'],
  IO5_TAX_PROPER: ['税务是否正当', 'Whether its taxes are in order'],
  MK1_MAIN_PRODUCT_MARGIN: ['主力商品的利益率多少', 'Margin of its main products'],
  MK2_SALES_STRATEGY_DIFFICULT: ['销售战略是否困难', 'Whether its sales strategy is in difficulty'],
  MK3_WHOLESALE_RETAIL_SAFE: ['批发商或零售商品是否安全', 'Whether its wholesale or retail goods are safe'],
  MK4_NEW_PRODUCT_ZEAL: ['对新产品开发、技术开发是否热心', 'Zeal for new products and new technology'],
  MK5_INVENTORY_DELIVERY: ['库存管理、交货措施是否万全', 'Whether stock-keeping and delivery are sound'],
  FN1_PAST_AVERAGE_PROFIT: ['过去的平均利益如何', 'Average profit of past years'],
  FN2_ASSETS: ['公司的资产怎样', 'Its assets'],
  FN3_LOANS_APPROPRIATE: ['贷款是否适当', 'Whether its loans are appropriate'],
  FN4_EXCESS_INVESTMENT_SAFE: ['过剩投资是否安全', 'Whether its surplus investment is safe'],
  FN5_BAD_DEBTS: ['是否有不良的债权', 'Whether it holds bad debts'],
} as const

export class CustomerCreditAnalysisEnterpriseItem {
  @choice('项目', 'Block', enterpriseBlocks) block!: keyof typeof enterpriseBlocks
  @choice('具体分析内容', 'Item', enterpriseItems, { name: 'CreditAnalysisItem1' }) item!: keyof typeof enterpriseItems
  @paragraph('分析结论', 'Analysis') analysis!: string
  @integer('评分', 'Rating', { optional: true, min: 1, max: 5 }) rating?: number
}

export const managerBlocks = {
  QUALITY: ['管理人员的素质', 'Quality'],
  PERSONAL_CONDITION: ['管理人员的个人条件', 'Personal condition'],
  REPUTATION: ['管理人员的评语', 'Reputation'],
  ABILITY: ['负责人的经营能力', 'Ability'],
  ASSETS: ['管理人员的资产', 'Assets'],
} as const

export const managerItems = {
  Q1_CHARACTER_TRUSTWORTHY: ['管理人员的人品是否可信赖', 'Whether the character of the managers can be trusted'],
  Q2_LEADERSHIP: ['管理人员的领导能力如何', 'Their leadership'],
  Q3_HEALTH: ['管理人员的健康、体力如何', 'Their health and strength'],
  Q4_AGE: ['管理人员的年龄是多少', 'Their age'],
  Q5_MANAGEMENT_PHILOSOPHY: ['经营理念是否坚定', 'Whether their philosophy of management is firm'],
  PC1_FAMILY_HAPPY: ['管理人员的家庭是否圆满', 'Whether their family life is happy'],
  PC2_GOSSIP: ['是否有花边新闻', 'Gossip about them'],
  PC3_DRINKING_BEHAVIOUR: ['酒品是否很坏', 'Whether they behave badly when drinking'],
  PC4_GAMBLING: ['是否爱好赌博', 'Whether they gamble'],
  PC5_HOBBIES: ['是否有很多兴趣、嗜好', 'Whether they have many hobbies and tastes'],
  RP1_BUSINESS_REPUTATION: ['在商场上的声誉如何', 'Their reputation in business'],
  RP2_RESPECTED_BY_STAFF: ['是否受职员敬爱', 'Whether the staff respect and like them'],
  RP3_UNCLEAR_POLITICAL_TIES: ['是否有不明朗的政治关系', 'Unclear political ties'],
  RP4_SPECIAL_GROUP_TIES: ['是否与特别团体有关联', 'Ties with special groups'],
  RP5_CRIMINAL_SCANDAL: ['是否有犯罪的丑闻', 'Criminal scandals'],
  AB1_BUSINESS_SKILL: ['管理人员的经营手腕如何', 'Their skill in running the business'],
  AB2_RESULTS: ['业绩如何', 'Their results'],
  AB3_GUIDING_STAFF: ['指导部属是否卓越', 'Whether they guide their people well'],
  AB4_SUCCESSION: ['是否费心地培育后继人材', 'Whether they take care to raise successors'],
  AB5_OPINION_OF_CUSTOMERS_BANKS: ['顾客或主要银行的评语如何', 'What customers or main banks say of them'],
  AS1_PERSONAL_ASSETS_VS_SCALE: ['管理人员的个人资产与其经营规模是否成正比', 'Whether their own assets match the size of the business'],
  AS2_PERSONAL_LOANS: ['个人贷款是否过多', 'Whether their personal loans are too high'],
  AS3_OWN_BUSINESS: ['是否有个人的事业', 'Whether they have a business of their own'],
  AS4_UNBUDGETED_SPENDING: ['凡事是否都不编列预算,随意支出', 'Whether they spend without a budget'],
  AS5_MORTGAGES: ['抵押状况如何', 'Mortgages'],
} as const

/** Judgements of persons, level S4 throughout: the rows exist on the paper and are not collected. */
export class CustomerCreditAnalysisManagerItem {
  @choice('项目', 'Block', managerBlocks, { optional: true, sensitivity: 'S4' }) block?: keyof typeof managerBlocks
  @choice('具体分析内容', 'Item', managerItems, { optional: true, sensitivity: 'S4', name: 'CreditAnalysisItem2' }) item?: keyof typeof managerItems
  @paragraph('分析结论', 'Analysis', { optional: true, sensitivity: 'S4' }) analysis?: string
  @integer('评分', 'Rating', { optional: true, min: 1, max: 5, sensitivity: 'S4' }) rating?: number
}

export const staffBlocks = {
  MORALE: ['士气', 'Morale'],
  AMBITION: ['上进心', 'Ambition'],
  SOCIAL_OPINION: ['社会评价', 'Social opinion'],
  WORK_ATTITUDE: ['工作态度', 'Work attitude'],
  PAY: ['薪资情况', 'Pay'],
} as const

export const staffItems = {
  MO1_MORALE_HIGH: ['全员的士气很高昂', 'Morale of the staff is high'],
  MO2_DRIVE: ['全员有干劲', 'The staff have drive'],
  MO3_HONEST_FRIENDLY: ['很多职员都诚实、亲切', 'Many of them are honest and kind'],
  MO4_MODEST: ['很多职员都有谦虚的品性', 'Many of them are modest'],
  MO5_HARMONY: ['职员间很和睦', 'The staff get on well together'],
  AM1_TRAINING: ['经常教育、训练职员', 'Staff are taught and trained often'],
  AM2_PRODUCT_KNOWLEDGE: ['贯彻公司商品的知识', 'They know the products of the company thoroughly'],
  AM3_PRODUCT_DEVELOPMENT: ['热心于产品开发', 'Keen on product development'],
  AM4_EQUIPMENT_RENEWAL: ['热心于设备的革新', 'Keen on renewing equipment'],
  AM5_TECH_RENEWAL: ['热心于技术的革新', 'Keen on renewing technology'],
  SO1_NO_FACTIONS: ['没有派系对峙的传闻', 'No talk of factions'],
  SO2_NO_GOSSIP: ['没有花边新闻的丑闻', 'No scandals of gossip'],
  SO3_NO_BRIBERY: ['没有职员受贿赂的丑闻', 'No scandals of staff taking bribes'],
  SO4_NO_LABOUR_CONFLICT: ['没有劳资对立的谣传', 'No rumours of strife between labour and management'],
  SO5_NO_STAFF_CONFLICT: ['没有职员间对立的谣传', 'No rumours of strife among the staff'],
  WA1_DILIGENT: ['工作是否勤勉', 'Whether they work hard'],
  WA2_TIDY_DRESS: ['工作时服装是否整洁', 'Whether they are tidily dressed at work'],
  WA3_WORKPLACE_ORDER: ['工作岗位的整理、整顿做得很到位', 'Workplaces are kept in good order'],
  WA4_ALERT: ['机敏的工作态度', 'An alert way of working'],
  WA5_EFFICIENT: ['有效率', 'Efficient'],
  PY1_AVERAGE_PAY: ['薪金在一般水平', 'Pay is at the usual level'],
  PY2_FAIR_PAY: ['没有不公平的薪金制度', 'No unfair pay system'],
  PY3_NO_LATE_PAY: ['没有延误发薪的传闻', 'No rumours of late pay'],
  PY4_PROPER_EXPENSES: ['适切地使用营业费', 'Business expenses are used properly'],
  PY5_SAVINGS_RATE: ['职员的储蓄率很高', 'Staff save much of their pay'],
} as const

export class CustomerCreditAnalysisStaffItem {
  @choice('项目', 'Block', staffBlocks) block!: keyof typeof staffBlocks
  @choice('具体分析内容', 'Item', staffItems, { name: 'CreditAnalysisItem3' }) item!: keyof typeof staffItems
  @paragraph('分析结论', 'Analysis') analysis!: string
  @integer('评分', 'Rating', { optional: true, min: 1, max: 5 }) rating?: number
}

/** 客户信用分析表(企业/管理人员/员工) (002 7.10): a checklist of 74 items; the analysis may enclose it. */
@form('customer-credit-analysis', '客户信用分析表(企业/管理人员/员工)', 'Customer credit analysis (3-part checklist)')
export class CustomerCreditAnalysis {
  @reference('Customer', '客户', 'Customer') customer!: string
  @date('分析日期', 'Analysed on') analysedOn!: string
  @reference('Employee', '分析人', 'Analyst') analyst!: string
  @rows(() => CustomerCreditAnalysisEnterpriseItem, '(1)客户企业状况分析—24项', 'Enterprise items') enterpriseItems!: CustomerCreditAnalysisEnterpriseItem[]
  @paragraph('(1)总体评价', 'Enterprise overall') enterpriseOverall!: string
  @rows(() => CustomerCreditAnalysisManagerItem, '(2)客户管理人员分析—25项', 'Manager items', { optional: true })
  managerItems?: CustomerCreditAnalysisManagerItem[]
  @paragraph('(2)总体评价', 'Manager overall', { optional: true, sensitivity: 'S4' }) managerOverall?: string
  @rows(() => CustomerCreditAnalysisStaffItem, '(3)客户员工分析—25项', 'Staff items', { optional: true }) staffItems?: CustomerCreditAnalysisStaffItem[]
  @paragraph('(3)总体评价', 'Staff overall', { optional: true }) staffOverall?: string
}

/** 信用状况是否良好: why, and until when the result may be relied on (page 8, step 6 and rule on validity). */
@form('credit-verdict', '信用判定', 'Credit verdict')
export class CreditVerdict {
  @paragraph('判定依据', 'Grounds') grounds!: string
  @date('有效期至', 'Valid until') validUntil!: string
}

/** 客户信用状况骤变的对策 (002 2.16). What came of the measures is known later: see CreditMeasuresDone. */
@form('credit-deterioration-countermeasure', '客户信用状况骤变的对策', 'Countermeasure for sudden credit deterioration')
export class CreditDeteriorationCountermeasure {
  @ownCase('信用调查', 'Investigation') investigation?: never
  @paragraph('骤变情况', 'Trigger facts') triggerFacts!: string
  @paragraph('对策', 'Measures') measures!: string
  @money('调整后赊销限额', 'New credit limit', { optional: true, sensitivity: 'S1' }) newCreditLimit?: string
  @date('实施日期', 'Implemented on', { optional: true }) implementedOn?: string
  @paragraph('实施结果', 'Result', { optional: true }) result?: string
}

/** Handed in on its own, so that the measures stay as they were approved (page 8, step 9). */
@form('credit-measures-done', '对策实施结果', 'Measures carried out')
export class CreditMeasuresDone {
  @date('实施日期', 'Implemented on') implementedOn!: string
  @paragraph('实施结果', 'Result') result!: string
}

/** 信用调查报告 (002 2.16). To whom it went is known later: see CreditReportDistribution. */
@form('credit-investigation-report', '信用调查报告', 'Credit investigation report')
export class CreditInvestigationReport {
  @ownCase('信用调查', 'Investigation') investigation?: never
  @flag('信用状况是否良好', 'Credit is good') creditIsGood!: boolean
  @paragraph('结论', 'Conclusion') conclusion!: string
  @references('Department', '上报部门', 'Reported to', { optional: true }) reportedTo?: string[]
  @datetime('上报时间', 'Reported at', { optional: true }) reportedAt?: string
}

/** 及时上报有关部门: recipients and time (page 8, step 13). */
@form('credit-report-distribution', '信用调查报告上报', 'Distribution of the credit report')
export class CreditReportDistribution {
  @references('Department', '上报部门', 'Reported to') reportedTo!: string[]
  @datetime('上报时间', 'Reported at') reportedAt!: string
}
