import type { Stance } from './stance.ts';

const setOf = (words: string): Set<string> => new Set(words.split(/\s+/));

type Words = { rejecting: Set<string>; liking: Set<string>; filling: Set<string> };

/**
 * Words of labels in other languages: "Nicht interessant für uns". In these languages, two negations still reject: "ne …
 * pas", "no … nada".
 */
const languages: readonly Words[] = [
  {
    rejecting: setOf(`nicht nichts kein keine keinen nie niemals ohne außer ausser uninteressant irrelevant
      unerwünscht unwichtig langweilig langweilt langweilen ausschließen ausgeschlossen ausschluss vermeiden ablehnen
      egal satt`),
    liking: setOf(`interessant interessante interessiert interessieren interesse interessen relevant relevante wichtig
      gewünscht erwünscht gern gerne lesen mögen wollen möchten gesucht suchen brauchen sehen passend lust`),
    filling: setOf(`für uns mich mir wir ich was das die der den dem es unser unsere unserem an von im in zu ist sind
      haben hat mehr bitte auch sehr besonders gar themen thema folgende diese arbeiten artikel
      paper und am auf über daran darauf`),
  },
  {
    rejecting: setOf(`pas jamais aucun aucune rien sans sauf hors exclure exclus exclu exclues éviter inintéressant
      ennuyeux ennuie ennuient marre ras-le-bol non ignorer excepté`),
    liking: setOf(`intéresse intéressent intéressant intéressants intérêt intérêts intéressés intéressé
      intéressée pertinent pertinents
      voulons veux aimons aime lire cherchons important importants souhaitons souhaités`),
    filling: setOf(`ce ces ceux qui que quoi qu ne n nous me m j je on s se les le la l des de du d un une à au aux en y
      est sont a avons plus très pour notre nos sujets sujet thèmes articles c tout moi suivants voir par`),
  },
  {
    rejecting: setOf(`no nunca nada sin tampoco ni evitar excluir excluidos excluido descartar descartado fuera salvo
      excepto irrelevante irrelevantes aburre aburren aburrido aburridos hartos harto`),
    liking: setOf(`interesa interesan interés intereses interesante interesantes interesados relevante relevantes
      queremos quiero leer importa importan importante importantes gusta gustan buscamos preferimos`),
    filling: setOf(`nos me lo los las la el que qué de del en para por nosotros mí temas tema cosas es son estamos
      ver muy más nuestro nuestra nuestros y a con siguientes estos se`),
  },
  {
    rejecting: setOf(`non mai niente nessun nessuno senza escludere esclusi escluso evitare irrilevante irrilevanti
      tranne eccetto annoia annoiano noioso noiosi stufi`),
    liking:
      setOf(`interessa interessano interessante interessanti interesse interessi interessati vogliamo voglio leggere
      rilevante rilevanti importa importante importanti piace piacciono cerchiamo`),
    filling:
      setOf(`ci mi ciò quello quelli che cosa cose di del per noi me temi tema argomenti è sono siamo vedere molto
      più nostro nostri i gli le il la lo a e da`),
  },
  {
    rejecting: setOf(`não nunca nada sem evitar excluir excluídos excluído irrelevante irrelevantes exceto fora menos
      chato chatos fartos`),
    liking:
      setOf(`interessa interessam interesse interesses interessante interessantes interessados relevante relevantes
      queremos quero ler importa importam importante gostamos procuramos`),
    filling:
      setOf(`nos me o os a as que de do da em para nós mim temas tema assuntos coisas é são estamos ver muito mais
      nosso nossos e por`),
  },
  {
    rejecting: setOf(`niet niets geen nooit zonder behalve vermijden uitsluiten uitgesloten irrelevant oninteressant
      onbelangrijk saai beu`),
    liking:
      setOf(`interessant interessante interesseert interesseren interesse interesses relevant belangrijk willen lezen
      graag zoeken gewenst geïnteresseerd`),
    filling: setOf(`voor ons mij wat wij we ik onze in te is zijn dat die het de een onderwerpen onderwerp van meer heel
      zien en`),
  },
];

const maxWords = 12;

/** The stance of a label in German, French, Spanish, Italian, Portuguese or Dutch. Undefined if it names a subject. */
export const foreignLabelStance = (label: string): Stance | undefined => {
  const words =
    label
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}-]+/gu) ?? [];
  if (words.length < 2 || words.length > maxWords) return undefined;
  for (const { rejecting, liking, filling } of languages) {
    const has = (of: ReadonlySet<string>): boolean => words.some((word) => of.has(word));
    if (!words.every((word) => rejecting.has(word) || liking.has(word) || filling.has(word))) continue;
    // "No la" is not a label, but "No nos interesa" is.
    if (has(rejecting) && (has(liking) || words.length > 2)) return 'unwanted';
    if (has(liking)) return 'wanted';
  }
  return undefined;
};
