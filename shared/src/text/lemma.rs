//! English words whose base form no rule of the stemmer finds.
//!
//! Irregular plurals, past tenses and participles; some regular ones that the stemmer
//! leaves apart from their base (`buses`, `experienced`); and spellings whose stem is also
//! that of another word, so that `spelling` can't have them (`programme` and `programmer`).
//! A light list, kept by hand.
//!
//! Left out on purpose:
//! - forms that are words of their own: `left`, `saw`, `felt`, `lay`, `ground`, `bound`,
//!   `wound`, `rose`, `bore`, `lit`, `shot`, `stuck`, `bit`, `leaves`, `lives`, `axes`,
//!   `bases`, `dice`, `media`, `data`, and `fed`, which is a bank;
//! - function words: `was`, `had`, `did`, `been`;
//! - comparatives, which say more than their base: `better`, `worst`.

use super::lexicon::{Lexicon, count};

/// The irregular forms, in order, with their base form.
const PAIRS: &str = "\
    addenda=addendum adviser=advisor advisers=advisor alumni=alumnus analyses=analysis \
    appendices=appendix arisen=arise arose=arise ate=eat awoke=awake awoken=awake \
    bacteria=bacterium beaten=beat became=become began=begin begun=begin bent=bend \
    bitten=bite bled=bleed blew=blow blown=blow bookshelves=bookshelf bought=buy broke=break \
    broken=break brought=bring built=build burnt=burn buses=bus businessmen=businessman \
    businesspeople=businessperson businesswomen=businesswoman busses=bus calibre=caliber \
    calibres=caliber calves=calf came=come caught=catch chairmen=chairman \
    chairwomen=chairwoman children=child chilli=chili chillies=chili chillis=chili \
    chose=choose chosen=choose clung=cling congressmen=congressman consortia=consortium \
    cosy=cozy craftsmen=craftsman crept=creep crises=crisis criteria=criterion \
    curricula=curriculum dealt=deal diagnoses=diagnosis drank=drink drawn=draw dreamt=dream \
    drew=draw driven=drive drove=drive dug=dig dwelt=dwell eaten=eat elves=elf \
    emphases=emphasis errata=erratum experienced=experience experiencing=experience \
    fallen=fall feet=foot fell=fall firemen=fireman fishermen=fisherman fled=flee \
    flew=fly flown=fly flung=fling foci=focus forbade=forbid forbidden=forbid \
    foremen=foreman foresaw=foresee foreseen=foresee foretold=foretell forgave=forgive \
    forgiven=forgive forgone=forgo forgot=forget forgotten=forget forwent=forgo fought=fight \
    found=find freed=free freshmen=freshman froze=freeze frozen=freeze fungi=fungus \
    gases=gas gave=give geese=goose gentlemen=gentleman given=give goes=go gone=go got=get \
    gotten=get grandchildren=grandchild grew=grow grown=grow gurus=guru halves=half \
    handymen=handyman heard=hear held=hold hid=hide hidden=hide hooves=hoof \
    housewives=housewife hung=hang hypotheses=hypothesis indices=index kept=keep knelt=kneel \
    knew=know knives=knife known=know laid=lay laypeople=layperson leant=lean leapt=leap \
    learnt=learn led=lead lenses=lens lent=lend lice=louse loaves=loaf lost=lose made=make \
    matrices=matrix meant=mean memoranda=memorandum men=man menus=menu met=meet mice=mouse \
    middlemen=middleman midwives=midwife misled=mislead misspelt=misspell mistaken=mistake \
    mistook=mistake misunderstood=misunderstand monies=money neuroses=neurosis \
    nuclei=nucleus oases=oasis outgrew=outgrow outgrown=outgrow outsold=outsell \
    overcame=overcome overheard=overhear overpaid=overpay overran=overrun \
    overridden=override overrode=override oversaw=oversee overseen=oversee oversold=oversell \
    overspent=overspend overtaken=overtake overthrew=overthrow overthrown=overthrow \
    overtook=overtake overwritten=overwrite overwrote=overwrite oxen=ox paid=pay \
    parentheses=parenthesis people=person phenomena=phenomenon policemen=policeman \
    postmen=postman prepaid=prepay prognoses=prognosis programme=program programmes=program \
    proven=prove queuing=queue quizzes=quiz radii=radius ran=run rang=ring rebuilt=rebuild \
    redid=redo redone=redo redrawn=redraw redrew=redraw referenced=reference \
    referencing=reference referenda=referendum remade=remake repaid=repay \
    repairmen=repairman reran=rerun resold=resell retaken=retake rethought=rethink \
    retold=retell retook=retake rewritten=rewrite rewrote=rewrite ridden=ride risen=rise \
    rode=ride said=say salesmen=salesman salespeople=salesperson saleswomen=saleswoman \
    sang=sing sank=sink sat=sit scarves=scarf seen=see sent=send sewn=sew shaken=shake \
    shelves=shelf shone=shine shook=shake shown=show shrank=shrink shrunk=shrink \
    skilful=skillful slept=sleep slid=slide sold=sell sought=seek spectra=spectrum \
    sped=speed spelt=spell spent=spend spilt=spill spoilt=spoil spoke=speak spoken=speak \
    spokesmen=spokesman spokespeople=spokesperson spokeswomen=spokeswoman \
    sportsmen=sportsman spun=spin staffed=staff staffing=staff stepchildren=stepchild \
    stimuli=stimulus stole=steal stolen=steal stood=stand struck=strike stung=sting sued=sue \
    suing=sue sung=sing sunk=sink swam=swim swept=sweep swollen=swell swore=swear \
    sworn=swear swum=swim swung=swing syllabi=syllabus symposia=symposium synopses=synopsis \
    syntheses=synthesis taken=take taught=teach teeth=tooth theses=thesis thieves=thief \
    thought=think thoughts=think threw=throw thrown=throw told=tell took=take tore=tear \
    torn=tear tradesmen=tradesman tradespeople=tradesperson undergone=undergo \
    underpaid=underpay understood=understand undertaken=undertake undertook=undertake \
    underwent=undergo underwritten=underwrite underwrote=underwrite undid=undo undone=undo \
    upheld=uphold vertices=vertex went=go wept=weep wilful=willful withdrawn=withdraw \
    withdrew=withdraw withheld=withhold withstood=withstand wives=wife woke=wake woken=wake \
    wolves=wolf women=woman won=win wore=wear workmen=workman worn=wear wove=weave \
    woven=weave written=write wrote=write";

static LEMMAS: Lexicon<{ count(PAIRS) }> = Lexicon::new(PAIRS);

/// The base form of an irregular form, in lower case. Its stem is the term of both.
pub(super) fn lemma(word: &str) -> Option<&'static str> {
    LEMMAS.get(word)
}

#[cfg(test)]
mod tests {
    use frostem::{Algorithm, Stemmer};

    use super::*;

    fn stem(word: &str) -> String {
        Stemmer::new(Algorithm::English).stem(lemma(word).unwrap_or(word)).into_owned()
    }

    #[test]
    fn an_irregular_form_has_the_stem_of_the_regular_ones() {
        for forms in [
            "child children",
            "person persons people",
            "mouse mice",
            "foot feet",
            "wife wives",
            "shelf shelves",
            "criterion criteria criterions",
            "index indices indexes",
            "appendix appendices",
            "analysis analyses",
            "lens lenses",
            "bus buses busses",
            "quiz quizzes",
            "buy bought buys buying",
            "bring brought brings bringing",
            "write wrote written writes writing",
            "speak spoke spoken speaks speaking",
            "send sent sends sending",
            "pay paid pays paying",
            "tell told tells telling",
            "say said says saying",
            "meet met meets meeting",
            "make made makes making",
            "take took taken takes taking",
            "give gave given gives giving",
            "get got gotten gets getting",
            "keep kept keeps keeping",
            "hold held holds holding",
            "begin began begun begins beginning",
            "choose chose chosen chooses choosing",
            "drive drove driven drives driving",
            "fly flew flown flies flying",
            "break broke broken breaks breaking",
            "sell sold sells selling",
            "spend spent spends spending",
            "teach taught teaches teaching",
            "think thought thoughts thinks thinking",
            "understand understood understands understanding",
            "win won wins winning",
            "lose lost loses losing",
            "build built builds building",
            "lead led leads leading",
            "run ran runs running",
            "go goes went gone going",
            "come came comes coming",
            "know knew known knows knowing",
            "forget forgot forgotten forgets forgetting",
            "find found finds finding",
            "withdraw withdrew withdrawn withdraws withdrawing",
            "experience experiences experienced experiencing",
            "program programme programmes programs programmed programming",
            "advisor advisors adviser advisers",
        ] {
            let stems: Vec<String> = forms.split(' ').map(stem).collect();
            assert!(stems.iter().all(|it| *it == stems[0]), "{forms}: {stems:?}");
        }
    }

    #[test]
    fn words_of_their_own_stay_apart() {
        for (one, other) in [
            ("left", "leave"),
            ("saw", "see"),
            ("felt", "feel"),
            ("lay", "lie"),
            ("leaves", "leaf"),
            ("lives", "life"),
            ("bases", "basis"),
            ("founded", "find"),
            ("founder", "find"),
            ("programmer", "program"),
            ("calibrate", "caliber"),
            ("chilly", "chili"),
            ("advise", "advisor"),
            ("menu", "men"),
            ("peoples", "person"),
            ("building", "bought"),
        ] {
            assert_ne!(stem(one), stem(other), "{one}");
        }
        for word in ["", "was", "were", "had", "did", "does", "has", "better", "invoice", "zz"] {
            assert_eq!(lemma(word), None, "{word}");
        }
    }

    #[test]
    fn every_entry_is_needed_and_in_its_place() {
        assert!(LEMMAS.pairs().is_sorted_by(|(one, _), (other, _)| one < other));
        assert!(LEMMAS.pairs().count() > 250);
        for (form, base) in LEMMAS.pairs() {
            assert_eq!(lemma(form), Some(base));
            // Otherwise a base form would depend on how often it is looked up.
            assert_eq!(lemma(base), None, "{base}");
            let plain = Stemmer::new(Algorithm::English).stem(form).into_owned();
            assert_ne!(plain, stem(base), "{form} needs no entry");
            assert!(form.bytes().chain(base.bytes()).all(|b| b.is_ascii_lowercase()));
        }
    }
}
