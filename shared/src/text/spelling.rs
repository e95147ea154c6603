//! British and American spellings of one English word.
//!
//! A list of stems and no rule, since a rule would take `advise`, `promise`, `four` and
//! `acre` for British. Only stems that are of no other word in a list of the 120,000 most
//! frequent ones are in it; where a stem is shared, `lemma` has the word.
//!
//! Left out on purpose: pairs of which one is another word too (`cheque`, `tyre`, `kerb`,
//! `storey`, `draught`, `tonne`).

use super::lexicon::{Lexicon, count};

/// The stems of British spellings, in order, with those of American ones.
const PAIRS: &str = "\
    accessoris=accessor acclimatis=acclimat aeroplan=airplan aluminium=aluminum \
    amortis=amort amphitheatr=amphitheat anaem=anem anaemia=anemia anaesthesia=anesthesia \
    anaesthesiolog=anesthesiolog anaesthet=anesthet anaesthetist=anesthetist analogu=analog \
    analys=analyz anonymis=anonym antagonis=antagon apologis=apolog arbour=arbor \
    armour=armor armouri=armori artefact=artifact authoris=author behaviour=behavior \
    candour=candor capitalis=capit carburettor=carburetor catalogu=catalog catalys=catalyz \
    categoris=categor centimetr=centimet centr=center centralis=central \
    characteris=character civilis=civil clamour=clamor colonis=colon colour=color \
    colourless=colorless commercialis=commerci computeris=computer conceptualis=conceptu \
    containeris=container contextualis=contextu councillor=councilor counsellor=counselor \
    criminalis=crimin criticis=critic crystallis=crystal customis=custom datacentr=datacent \
    decentralis=decentr defenc=defens defenceless=defenseless demeanour=demeanor \
    demobilis=demobil deprioritis=depriorit despatch=dispatch destabilis=destabil diall=dial \
    dialler=dialer dialogu=dialog diarrhoea=diarrhea digitalis=digit digitis=digit disc=disk \
    discolour=discolor dishonour=dishonor disorganis=disorgan doughnut=donut dramatis=dramat \
    draughtsman=draftsman economis=econom electrolys=electrolyz empathis=empath \
    emphasis=emphas enamour=enamor encyclopaedia=encyclopedia endeavour=endeavor \
    energis=energ enquir=inquir enquiri=inquiri epicentr=epicent equalis=equal \
    externalis=extern familiaris=familiar fantasis=fantas favour=favor favourit=favorit \
    fertilis=fertil fervour=fervor fibr=fiber fibreglass=fiberglass finalis=final \
    flavour=flavor focuss=focus foetal=fetal foetus=fetus formalis=formal fuell=fuel \
    generalis=general globalis=global grey=gray greyer=grayer greyish=grayish \
    greyscal=grayscal gynaecolog=gynecolog haematolog=hematolog haemoglobin=hemoglobin \
    haemorrhag=hemorrhag harbour=harbor harbourfront=harborfront harmonis=harmon \
    homogenis=homogen honour=honor hospitalis=hospit humour=humor hydrolys=hydrolyz \
    hypothesis=hypothes immunis=immun incentivis=incentiv individualis=individu \
    industrialis=industri initialis=initi internalis=internal internationalis=internation \
    italicis=italic itemis=item jeopardis=jeopard jewelleri=jewelri judgement=judgment \
    kilogramm=kilogram kilometr=kilomet labour=labor legalis=legal leukaemia=leukemia \
    liberalis=liber licenc=licens likeabl=likabl liquoric=licoric litr=liter localis=local \
    lustr=luster manoeuvr=maneuv marginalis=margin materialis=materi maximis=maxim \
    meagr=meager mechanis=mechan memoris=memor metr=meter millilitr=millilit \
    millimetr=millimet minimis=minim misbehaviour=misbehavior mobilis=mobil modernis=modern \
    moisturis=moistur mollusc=mollusk monetis=monet monopolis=monopol motoris=motor \
    mould=mold mouldi=moldi moult=molt moustach=mustach moveabl=movabl \
    multicolour=multicolor nationalis=nation neighbour=neighbor neighbourhood=neighborhood \
    neutralis=neutral normalis=normal notaris=notar odour=odor oesophagus=esophagus \
    oestrogen=estrogen offenc=offens omelett=omelet operationalis=operation optimis=optim \
    organis=organiz orthopaed=orthoped oxidis=oxid paediatr=pediatr \
    paediatrician=pediatrician paralys=paralyz parameteris=parameter parlour=parlor \
    pasteuris=pasteur patronis=patron penalis=penal personalis=person phoney=phoni \
    plagiaris=plagiar plough=plow polaris=polar politicis=politic popularis=popular \
    practis=practic pressuris=pressur pretenc=pretens prioritis=priorit privatis=privat \
    productis=product professionalis=profession pseudonymis=pseudonym publicis=public \
    pyjama=pajama randomis=random rasteris=raster rateabl=ratabl rationalis=ration \
    realis=realiz reauthoris=reauthor recognis=recogn regularis=regular reorganis=reorgan \
    revitalis=revit revolutionis=revolution rigour=rigor rumour=rumor sabr=saber \
    saleabl=salabl sanitis=sanit saviour=savior savour=savor savouri=savori sceptic=skeptic \
    scrutinis=scrutin securitis=securit sensitis=sensit serialis=serial sizeabl=sizabl \
    smoulder=smolder socialis=social sombr=somber specialis=special spectr=specter \
    splendour=splendor stabilis=stabil standardis=standard sterilis=steril stigmatis=stigmat \
    stylis=styliz subsidis=subsid sulphat=sulfat sulphur=sulfur summaris=summar \
    symbolis=symbol sympathis=sympath synchronis=synchron synthesis=synthes \
    systematis=systemat theatr=theater theoris=theoriz tokenis=token tranquillis=tranquil \
    traumatis=traumat travelogu=travelog triall=trial trivialis=trivial tumour=tumor \
    unauthoris=unauthor uncategoris=uncategor unfavour=unfavor unionis=union \
    unrecognis=unrecogn urbanis=urban useabl=usabl utilis=util valour=valor vaporis=vapor \
    vapour=vapor victimis=victim vigour=vigor virtualis=virtual visualis=visual \
    weatheris=weather whiski=whiskey winteris=winter woollen=woolen woolli=wooli \
    yoghurt=yogurt";

static SPELLINGS: Lexicon<{ count(PAIRS) }> = Lexicon::new(PAIRS);

/// The stem of the American spelling, for the stem of a British one.
pub(super) fn common_spelling(stem: &str) -> Option<&'static str> {
    SPELLINGS.get(stem)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use frostem::{Algorithm, Stemmer};

    use super::*;

    fn stem(word: &str) -> String {
        Stemmer::new(Algorithm::English).stem(word).into_owned()
    }

    fn term(word: &str) -> String {
        let stem = stem(word);
        common_spelling(&stem).map_or(stem, str::to_owned)
    }

    /// Verbs that end in `ise` or `ize`.
    const VERBS: &str = "\
        organ real recogn priorit final summar custom optim minim maxim util author categor \
        special standard central emphas apolog critic character capital monet modern mobil \
        normal personal digit digital visual synchron harmon initial serial local global \
        general formal legal equal neutral stabil liberal privat national rational \
        industrial material memor sympath symbol theor hypothes jeopard scrutin subsid amort \
        econom energ incentiv anonym pseudonym random token container virtual item revital \
        reorgan sanit steril penal patron victim fantas fertil hospital immun social civil \
        colon commercial computer crystall decentral destabil familiar individual \
        international italic mechan motor notar oxid parameter pasteur plagiar polar popular \
        politic pressur public regular sensit stigmat styl synthes systemat trivial union \
        urban accessor acclimat antagon conceptual contextual criminal dramat empath \
        external homogen internal marginal operational product professional raster \
        revolution securit traumat vapor winter depriorit reauthor disorgan demobil monopol \
        moistur tranquill weather";
    /// Words that end in `our` or `or`.
    const NOUNS: &str = "\
        col fav hon lab neighb behavi flav harb hum rum rig vig sav od vap tum arm endeav \
        parl cand splend clam savi demean ferv arb enam val";
    /// Others, the British spelling first.
    const PAIRS: &str = "\
        analyse analyze, analysed analyzed, analysing analyzing, analyser analyzer, \
        analysers analyzers, paralyse paralyze, paralysed paralyzed, paralysing paralyzing, \
        paralyser paralyzer, paralysers paralyzers, catalyse catalyze, catalysed catalyzed, \
        catalysing catalyzing, catalyser catalyzer, catalysers catalyzers, \
        electrolyse electrolyze, electrolysed electrolyzed, electrolysing electrolyzing, \
        electrolyser electrolyzer, electrolysers electrolyzers, hydrolyse hydrolyze, \
        hydrolysed hydrolyzed, hydrolysing hydrolyzing, hydrolyser hydrolyzer, \
        hydrolysers hydrolyzers, favourite favorite, favourites favorites, \
        favourable favorable, favourably favorably, unfavourable unfavorable, \
        favouritism favoritism, honourable honorable, dishonour dishonor, \
        colourful colorful, colourless colorless, discolour discolor, \
        discoloured discolored, multicolour multicolor, labourer laborer, \
        labourers laborers, neighbourhood neighborhood, behavioural behavioral, \
        misbehaviour misbehavior, savoury savory, armoury armory, harbourfront harborfront, \
        centre center, centres centers, centred centered, centring centering, metre meter, \
        metres meters, kilometre kilometer, kilometres kilometers, centimetre centimeter, \
        millimetre millimeter, litre liter, litres liters, millilitre milliliter, \
        theatre theater, theatres theaters, fibre fiber, fibres fibers, \
        fibreglass fiberglass, lustre luster, meagre meager, sombre somber, spectre specter, \
        sabre saber, epicentre epicenter, amphitheatre amphitheater, manoeuvre maneuver, \
        manoeuvres maneuvers, manoeuvring maneuvering, datacentre datacenter, \
        licence license, licences licenses, practise practice, practised practiced, \
        practising practicing, defence defense, defences defenses, defenceless defenseless, \
        offence offense, offences offenses, pretence pretense, catalogue catalog, \
        catalogues catalogs, catalogued cataloged, cataloguing cataloging, dialogue dialog, \
        dialogues dialogs, analogue analog, travelogue travelog, grey gray, greys grays, \
        greyed grayed, greyer grayer, greyish grayish, greyscale grayscale, \
        judgement judgment, judgements judgments, acknowledgement acknowledgment, \
        acknowledgements acknowledgments, fulfil fulfill, fulfilment fulfillment, \
        enrol enroll, enrolment enrollment, instalment installment, \
        instalments installments, instil instill, distil distill, jewellery jewelry, \
        jeweller jeweler, jewellers jewelers, traveller traveler, travellers travelers, \
        counsellor counselor, counsellors counselors, councillor councilor, \
        councillors councilors, modeller modeler, labeller labeler, dialled dialed, \
        dialling dialing, dialler dialer, fuelled fueled, fuelling fueling, \
        trialled trialed, trialling trialing, marvellous marvelous, woollen woolen, \
        sceptic skeptic, sceptics skeptics, sceptical skeptical, scepticism skepticism, \
        aluminium aluminum, paediatric pediatric, paediatrics pediatrics, \
        paediatrician pediatrician, encyclopaedia encyclopedia, anaesthetic anesthetic, \
        anaesthetist anesthetist, anaesthesia anesthesia, \
        anaesthesiologist anesthesiologist, anaemia anemia, anaemic anemic, \
        haemorrhage hemorrhage, haemoglobin hemoglobin, haematology hematology, \
        leukaemia leukemia, oestrogen estrogen, oesophagus esophagus, foetus fetus, \
        foetal fetal, diarrhoea diarrhea, gynaecology gynecology, \
        gynaecologist gynecologist, orthopaedic orthopedic, orthopaedics orthopedics, \
        enquire inquire, enquired inquired, enquiry inquiry, enquiries inquiries, \
        ageing aging, pyjamas pajamas, moustache mustache, whisky whiskey, yoghurt yogurt, \
        doughnut donut, doughnuts donuts, despatch dispatch, despatched dispatched, \
        artefact artifact, artefacts artifacts, sulphur sulfur, sulphate sulfate, \
        plough plow, ploughed plowed, mould mold, moulds molds, moulding molding, \
        mouldy moldy, smoulder smolder, moult molt, disc disk, discs disks, \
        sizeable sizable, useable usable, saleable salable, likeable likable, \
        moveable movable, rateable ratable, focussed focused, focussing focusing, \
        omelette omelet, aeroplane airplane, liquorice licorice, neurone neuron, \
        phoney phony, woolly wooly, kilogramme kilogram, draughtsman draftsman, \
        carburettor carburetor, mollusc mollusk, analyser analyzer, counselled counseled, \
        signalling signaling, levelling leveling, modelling modeling, cancelled canceled, \
        travelled traveled, worshipped worshiped, benefitted benefited, targetted targeted, \
        unauthorised unauthorized, unrecognised unrecognized, uncategorised uncategorized, \
        organisational organizational, organisationally organizationally, \
        realisable realizable, licencing licensing, licenced licensed";
    /// Words that are like British spellings, or have a stem that is like theirs.
    const OTHERS: &str = "\
        advise advised advises advisory promise promised exercise exercises surprise \
        surprised franchise comprise revise revision supervise supervisor televise \
        improvise enterprise merchandise compromise disguise devise premise premises \
        demise expertise paradise praise raise raised noise poise nurse otherwise likewise \
        wise rise arise precise concise excise incise circumcise chastise despise treatise \
        cruise bruise tortoise turquoise porpoise mayonnaise appraise apprise reprise \
        basis oasis crisis thesis analysis analyst analytics synthesis emphasis hypothesis \
        paralysis catalyst organ organic organism realism realist realistic optimism optimal \
        minimum minimal maximum utility authority author category special specific standard \
        central centric century symphony character capital modern mobile normal person \
        digit digital visual vision initial serial local global general formal legal equal \
        neutral stable liberal private national rational material memory memoir \
        four hour our pour tour tourist sour flour devour contour detour velour glamour \
        troubadour paramour your course source court courier journal journey hourly \
        colon color flavor honor honest labor laboratory neighbor behavior harbor rumor \
        acre ogre massacre mediocre genre cadre macabre timbre lucre \
        metric metro symmetry center meter parameter diameter liter literal literature \
        theatrical fiber spectrum spectral lust sabbath defend defensive offend offensive \
        license practice practical advice device service notice office police price \
        league colleague vague tongue fatigue argue rogue plague intrigue dialect analog \
        catalyze gray greyhound greeting will wild skill skillet still install fill full \
        fuel dial trial duel travel counsel council cancel label model signal level \
        calibrate calibration chilly cozen advisor program programmer programmable \
        check tire curb story draft ton mum axe ax great grate \
        mouse mouth moulin disco discount discuss disk discern molt multi moist \
        aluminous anatomy ancestor fetal feet estrange easel archaeology pedal pediment \
        dispatch inquire donut yoga whisk pajama mustang sulky plow plower smolder";

    fn assert_one_term(british: &str, american: &str) {
        assert_eq!(term(british), stem(american), "{british}");
        assert_eq!(term(american), stem(american), "{american}");
    }

    #[test]
    fn both_spellings_of_a_word_have_one_term() {
        for verb in VERBS.split(' ') {
            for ending in ["e", "es", "ed", "ing", "er", "ers", "ation", "ations"] {
                assert_one_term(&format!("{verb}is{ending}"), &format!("{verb}iz{ending}"));
            }
        }
        for noun in NOUNS.split(' ') {
            for ending in ["", "s", "ed", "ing"] {
                assert_one_term(&format!("{noun}our{ending}"), &format!("{noun}or{ending}"));
            }
        }
        for pair in PAIRS.split(", ") {
            let (british, american) = pair.split_once(' ').expect("there are two");
            assert_one_term(british, american);
        }
    }

    #[test]
    fn other_words_keep_their_stem() {
        for word in OTHERS.split_ascii_whitespace() {
            assert_eq!(common_spelling(&stem(word)), None, "{word}");
        }
        assert_eq!(common_spelling(""), None);
    }

    #[test]
    fn every_entry_is_in_its_place_and_of_a_spelling_that_is_tried() {
        assert!(SPELLINGS.pairs().is_sorted_by(|(one, _), (other, _)| one < other));
        assert!(SPELLINGS.pairs().count() > 250);
        let verbs = VERBS
            .split(' ')
            .flat_map(|verb| ["e", "er", "ation"].map(|ending| format!("{verb}is{ending}")));
        let nouns = NOUNS.split(' ').map(|noun| format!("{noun}our"));
        let others = PAIRS.split(", ").filter_map(|pair| pair.split(' ').next()).map(str::to_owned);
        let tried: BTreeSet<String> =
            verbs.chain(nouns).chain(others).map(|word| stem(&word)).collect();
        for (british, american) in SPELLINGS.pairs() {
            assert!(tried.contains(british), "{british}");
            assert_eq!(common_spelling(american), None, "{american}");
        }
    }
}
