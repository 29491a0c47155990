import type { Translation } from '../../translation.ts';
import type { changes as source } from '../en/changes.ts';

export const changes = {
  'changes.next': '続行',
  'changes.back': 'キャンセル',
  'changes.plan.title': 'プランの変更',
  'changes.plan.lead': 'プランを選択してください。確定する前に、変更内容を確認できます。',
  'changes.plan.legend': '選択できるプラン',
  'changes.plan.current': '現在のプラン',
  'changes.plan.seatsFrom': '{min, plural, other {# ライセンス以上}}',
  'changes.plan.seatsTo': '{max, plural, other {# ライセンスまで}}',
  'changes.plan.seatsBetween': '{min}～{max} ライセンス',
  'changes.plan.private': 'プライベート プラン',
  'changes.plan.trial': '無料試用版',
  'changes.plan.unfit':
    '次のプランは現在のライセンス数に対応していません。先にライセンス数を変更してください。',
  'changes.plan.refused': 'このサブスクリプションでは選択できないプラン:',
  'changes.confirm.title': '変更内容の確認',
  'changes.confirm.from': '現在',
  'changes.confirm.to': '変更後',
  'changes.confirm.total': '変更後の合計',
  'changes.confirm.when': '適用日',
  'changes.confirm.whenValue':
    '本日 ({date})。Microsoft の確認後に適用されます。通常は数分で完了します。',
  'changes.confirm.planMoney':
    '現在の契約期間に対して支払い済みの金額は、Microsoft が日割りで差し引きます。含まれる数量を超えた使用量は、使用した時点のプランで請求されます。',
  'changes.confirm.seatsMoney':
    'ライセンスを追加すると、残りの契約期間の料金が Microsoft から日割りで請求されます。ライセンスを減らす場合は、購入時の条件が適用されます。',
  'changes.confirm.endsTrial':
    '無料試用版は直ちに終了します。新しいプランには試用期間がなく、その時点から請求されます。',
  'changes.confirm.newTerm': '新しいプランに含まれる使用量は、ゼロから計算されます。',
  'changes.confirm.approve': '変更を確定',
  'changes.confirm.approval':
    '確定すると、この変更を承認したことになります。承認した人と日時が記録されます。',
  'changes.seats.title': 'ライセンス数の変更',
  'changes.seats.lead': '{count, plural, other {現在のライセンス数は # です。}}',
  'changes.seats.label': '新しいライセンス数',
  'changes.seats.range': '{min}～{max}',
  'changes.seats.none': 'このサブスクリプションではライセンス数を変更できません。',
  'changes.seats.between': '指定できる数: {possible}',
  'changes.seats.problem': '現在とは異なる整数を入力してください。指定できる数: {possible}',
  'changes.seats.count': '{count, plural, other {# ライセンス}}',
  'changes.cancel.title': 'サブスクリプションの解約',
  'changes.cancel.lead': '解約すると次のようになります。元に戻すことはできません。',
  'changes.cancel.access':
    'Microsoft が解約を確認すると、通常は数分以内にサブスクリプションが終了し、お客様の組織は {product} を利用できなくなります。',
  'changes.cancel.money':
    '購入から 72 時間以内に解約した場合、料金はかかりません。それ以降は、現在の契約期間の料金が契約どおり Microsoft から請求され、返金はありません。',
  'changes.cancel.data':
    'お客様のデータは少なくとも {days, plural, other {# 日間}}保持され、その後消去されます。必要なデータは、解約する前にエクスポートしてください。',
  'changes.cancel.again':
    '後で {product} を再び利用するには、新しいサブスクリプションの購入が必要です。',
  'changes.cancel.alternative':
    '次回の更新だけを止めたい場合は、<azure>Azure portal</azure> または <m365>Microsoft 365 管理センター</m365>で自動更新をオフにしてください。{product} は契約期間の終わりまで引き続き利用できます。',
  'changes.cancel.tick': 'このサブスクリプションを終了します。元に戻せないことを理解しています。',
  'changes.cancel.tickMissing': '続行するには、このチェック ボックスをオンにしてください。',
  'changes.cancel.approve': '今すぐ解約',
  'changes.cancel.keep': '解約しない',
  'changes.what.plan': 'プラン {plan} への変更',
  'changes.what.planFrom': 'プラン {from} から {plan} への変更',
  'changes.what.seats': '{count, plural, other {# ライセンスへの変更}}',
  'changes.what.seatsFrom': '{count, plural, other {{from} ライセンスから # ライセンスへの変更}}',
  'changes.what.cancel': '解約',
  'changes.stage.requested': 'ご依頼を受け付けました',
  'changes.stage.sent': 'Microsoft が変更を処理しています',
  'changes.stage.succeeded': '変更が完了しました',
  'changes.stage.cancelled': 'サブスクリプションが終了しました',
  'changes.stage.failed': '変更は行われませんでした',
  'changes.stage.notCancelled': 'サブスクリプションは解約されませんでした',
  'changes.step.recorded': 'ご依頼の受け付け',
  'changes.step.sent': 'Microsoft による受け付け',
  'changes.step.done': 'Microsoft による結果の確認',
  'changes.time':
    '通常は 2 分以内に完了します。このページを閉じても変更は続行され、結果はサブスクリプションのページに表示されます。',
  'changes.succeeded.text': 'Microsoft が確認しました。',
  'changes.failed.refused':
    'このサブスクリプションでは、この変更が Microsoft により許可されていません。プランとライセンス数は変わっていません。',
  'changes.failed.byPublisher':
    '{product} の提供元がこの変更を許可していません。プラン、ライセンス数、請求額は変わりません。',
  'changes.failed.locked':
    '別の変更の処理が長引いたため、Microsoft はこの変更を受け付けませんでした。後でもう一度お試しください。',
  'changes.failed.conflict':
    'Microsoft によると、既に適用されているか、別の変更が先に行われました。もう一度試す前に、サブスクリプションを確認してください。',
  'changes.failed.failed':
    'Microsoft は変更を実行できませんでした。プランとライセンス数は変わっていません。',
  'changes.failed.unknown':
    '1 日以内に Microsoft の確認がありませんでした。現在の状態はサブスクリプションのページに表示されます。ご不明な場合は、サポートにお問い合わせください。',
  'changes.failed.cancel':
    'Microsoft が解約を実行しなかったため、サブスクリプションは引き続き有効で、料金も発生します。購入した場所 (<azure>Azure portal</azure> または <m365>Microsoft 365 管理センター</m365>) で解約するか、サポートにお問い合わせください。',
  'changes.pending': '変更を処理中です',
  'changes.follow': '状況を見る',
  'changes.last.succeeded': '前回の変更は完了しました。',
  'changes.last.failed': '前回の変更は行われませんでした。',
  'changes.last.details': '詳細を見る',
} as const satisfies Translation<typeof source>;
