import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': '続行',
  'changes.back': '変更せずに戻る',
  'changes.plan.title': 'プランの変更',
  'changes.plan.lead': 'プランを選択してください。変更の前に、その内容を確認できます。',
  'changes.plan.legend': '変更できるプラン',
  'changes.plan.current': '現在のプラン',
  'changes.plan.seatsFrom': '{min, plural, other {# ライセンス以上}}',
  'changes.plan.seatsTo': '{max, plural, other {# ライセンスまで}}',
  'changes.plan.seatsBetween': '{min} から {max} ライセンス',
  'changes.plan.perSeat': '1 ライセンスあたり {price} (契約期間: {term})',
  'changes.plan.price': '{price} (契約期間: {term})',
  'changes.plan.private': 'プライベート プラン',
  'changes.plan.trial': '無料試用版',
  'changes.plan.unfit':
    '次のプランは、現在と異なるライセンス数が必要です。先にライセンス数を変更してください。',
  'changes.plan.refused': 'このサブスクリプションでは選択できないプラン:',
  'changes.plan.missing': 'プランを選択してください。',
  'changes.confirm.title': '変更内容の確認',
  'changes.confirm.from': '現在',
  'changes.confirm.to': '変更後',
  'changes.confirm.when': '適用日',
  'changes.confirm.whenValue': '本日 ({date})。Microsoft の確認後、通常は数分以内に適用されます。',
  'changes.confirm.planMoney':
    '前払い済みの金額は、Microsoft が日割りで新しい料金に充当します。含まれる数量を超えた使用量は、使用時のプランに基づいて請求されます。',
  'changes.confirm.seatsMoney':
    '追加したライセンスの料金は、Microsoft が残りの期間について日割りで請求します。減らしたライセンスには、購入時の条件が適用されます。',
  'changes.confirm.endsTrial':
    '無料試用版は直ちに終了します。新しいプランには試用期間がなく、その時点から請求されます。',
  'changes.confirm.newTerm': '新しいプランに含まれる使用量は、ゼロから数えられます。',
  'changes.confirm.approve': '今すぐ変更',
  'changes.confirm.approval':
    'ボタンを押すと、変更を承認したことになります。承認した人と日時を記録します。',
  'changes.seats.title': 'ライセンス数の変更',
  'changes.seats.lead': '{count, plural, other {現在のライセンス数は # です。}}',
  'changes.seats.label': '新しいライセンス数',
  'changes.seats.range': '{min}～{max}',
  'changes.seats.none': 'このサブスクリプションではライセンス数を変更できません。',
  'changes.seats.between': '指定できる数: {possible}',
  'changes.seats.problem': '現在とは異なる整数を入力してください。指定できる数: {possible}',
  'changes.seats.count': '{count, plural, other {# ライセンス}}',
  'changes.cancel.title': 'サブスクリプションの解約',
  'changes.cancel.lead': '解約の影響をお読みください。元に戻すことはできません。',
  'changes.cancel.access':
    'Microsoft の確認後、通常は数分以内にサブスクリプションが終了し、お客様の組織では {product} を使用できなくなります。',
  'changes.cancel.money':
    '購入から 72 時間以内であれば請求されません。それ以降は、現在の契約期間の料金が契約どおり Microsoft から請求され、返金はありません。',
  'changes.cancel.data':
    'お客様のデータは、終了後も少なくとも {days, plural, other {# 日間}}保持され、その後消去されます。必要なデータはそれまでにエクスポートしてください。',
  'changes.cancel.again':
    '後で {product} を再び使用するには、新しいサブスクリプションを購入する必要があります。',
  'changes.cancel.alternative':
    '次の契約期間が不要なだけであれば、<azure>Azure portal</azure> または <m365>Microsoft 365 管理センター</m365> で更新をオフにし、現在の契約期間の終わりまでご利用いただけます。',
  'changes.cancel.tick': 'このサブスクリプションを終了します。元に戻せないことを理解しています。',
  'changes.cancel.tickMissing': '続ける前に確認してください。',
  'changes.cancel.approve': '今すぐサブスクリプションを解約',
  'changes.cancel.keep': 'サブスクリプションを継続',
  'changes.what.plan': 'プラン {plan} への変更',
  'changes.what.seats': '{count, plural, other {# ライセンスへの変更}}',
  'changes.what.cancel': '解約',
  'changes.stage.requested': 'ご依頼を記録しました',
  'changes.stage.sent': 'Microsoft が処理しています',
  'changes.stage.succeeded': '変更が適用されました',
  'changes.stage.cancelled': 'サブスクリプションが終了しました',
  'changes.stage.failed': '変更は行われませんでした',
  'changes.step.recorded': '記録済み',
  'changes.step.sent': 'Microsoft が受け付け済み',
  'changes.step.done': 'Microsoft が確認済み',
  'changes.time':
    '通常は 2 分以内に完了します。このページを閉じても変更は続行され、結果はサブスクリプションのページに表示されます。',
  'changes.succeeded.text': 'Microsoft が確認しました。',
  'changes.failed.refused':
    'Microsoft により、このサブスクリプションではこの変更が許可されていません。プランとライセンス数は以前のままです。',
  'changes.failed.byPublisher':
    '{product} の提供元がこの変更を許可していません。プラン、ライセンス数、請求額は変わりません。',
  'changes.failed.locked':
    '他の場所で行われた変更がサブスクリプションを長時間占有していたため、Microsoft はこの変更を受け付けませんでした。後でもう一度お試しください。',
  'changes.failed.conflict':
    'Microsoft によると、既に適用済みであるか、別の変更が先に行われました。もう一度試す前に、サブスクリプションを確認してください。',
  'changes.failed.failed':
    'Microsoft が変更を実行できませんでした。プランとライセンス数は以前のままです。',
  'changes.failed.unknown':
    'Microsoft による確認が 1 日以内にありませんでした。サブスクリプションの状態はそのページに表示されています。ご不明な場合はサポートにお問い合わせください。',
  'changes.pending': '変更を処理中です',
  'changes.follow': '状況を見る',
  'changes.last.succeeded': '前回の変更が適用されました。',
  'changes.last.failed': '前回の変更は行われませんでした。',
  'changes.last.details': '詳細',
} as const satisfies Translation<typeof source>;
