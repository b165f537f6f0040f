/** Area under the ROC curve, by ranks (H. B. Mann and D. R. Whitney, 1947). Ties count half. */
export const auc = (scores: ArrayLike<number>, picked: readonly boolean[]): number => {
  const order = Array.from(scores, (_, row) => row).sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const picks = picked.filter(Boolean).length;
  let below = picked.length - picks;
  const pairs = picks * below;
  let right = 0;
  for (let at = 0; at < order.length; ) {
    const score = scores[order[at] as number];
    let [pickedHere, othersHere] = [0, 0];
    for (; at < order.length && scores[order[at] as number] === score; at += 1) {
      if (picked[order[at] as number]) pickedHere += 1;
      else othersHere += 1;
    }
    below -= othersHere;
    right += pickedHere * (below + othersHere / 2);
  }
  return right / pairs;
};
