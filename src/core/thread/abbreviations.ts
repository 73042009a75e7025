/** Short forms whose full stop does not end a sentence. Case matters; the last full stop is left out. */

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/));

/** Something always follows these. */
export const NEVER_FINAL = words(`
  Mr Mrs Ms Mx Dr Prof Sgt Capt Cpt Lt Col Gen Maj Cmdr Gov Sen Rep Reps Sens Rev Hon Pres St Mt Ft Messrs
  vs v cf viz e.g i.e eg ie approx ca esp incl excl resp re al est ed eds trans repr
  Fig Figs fig figs Eq Eqs Sec sec Ch ch Vol vol Dept Univ Assn Hosp Bros seq
  Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec
  Sr Sra Srta Dra Lic Ing Gral Ud Uds Vd Vds EE aprox p.ej
  M Mme Mlle MM Me
  z.B d.h u.a o.ä bzw vgl ggf inkl exkl evtl Hr Fr Str Nr
  т.е т.к г ул стр им д напр
  Sig Dott Avv Exmo Dª bijv bv dhr mevr drs np tzw bl.a f.eks t.ex
  डॉ श्री प्रो
`);

/** These may be the last word of a sentence, and only a clear start of the next one tells. */
export const SELDOM_FINAL = words(`
  etc Inc Ltd Corp Co Jr U.S U.K U.N E.U a.m p.m A.M P.M Ph.D M.D B.A M.A D.C L.A N.Y gg т.д т.п usw u.s.w UU p.ex
`);

/** These are ordinary words unless a number follows. */
export const BEFORE_NUMBER = words(`
  No Nos no nos Art art p pp P S s Cap cap núm pág págs pag Abs Kap Bd Z л кв км n nr n° Nº nº Pt pt Bk Ex cl
`);

/** Words that seldom stand inside a sentence with a capital. */
export const SENTENCE_STARTERS = words(`
  The A An He She It They We I You This That These Those There Here My His Her Its Our Your Their In On At But And So
  Or Then When While If As For With After Before What Why How Who No Yes Now Today Let
  Der Die Das Ein Eine Er Sie Es Wir Und Aber Le La Les Un Une Il Elle Ils Et Mais El Los Las Una Ella Pero
  Он Она Они Это Но И В На Мы Я
`);

/** A day before one of these is an ordinal in languages that write "3. Oktober". */
export const MONTHS_AFTER_ORDINAL = words(`
  Januar Jänner Februar März April Mai Juni Juli August September Oktober November Dezember Jahrhundert Klasse Auflage
  januar februar mars april mai maj juni juli august september oktober november desember december århundrede
`);
