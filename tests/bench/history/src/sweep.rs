//! Every kind of search on histories of every length.

use anyhow::Result;
use serde_json::{Value, json};

use crate::keep;
use crate::past::{self, COUNTS, History};
use crate::searches::{self, Search};

const WARM_UP: usize = 5;
const RUNS: usize = 40;

pub(crate) async fn run() -> Result<()> {
    let searches = searches::all();
    let mut rows: Vec<Vec<Value>> = vec![Vec::new(); searches.len()];
    for count in COUNTS {
        let history = past::open(count).await?;
        for (search, row) in searches.iter().zip(&mut rows) {
            row.push(measure(&history, search).await?);
        }
    }
    println!("| search, page of 20 | read units at {} | round trips | p50, ms |", listed(&COUNTS));
    println!("| --- | ---: | ---: | ---: |");
    for (search, row) in searches.iter().zip(&rows) {
        let column = |name: &str, decimals| {
            let cells = row.iter().map(|cell| cell[name].as_f64().unwrap_or(f64::NAN));
            cells.map(|cell| format!("{cell:.decimals$}")).collect::<Vec<_>>().join(", ")
        };
        println!(
            "| {} | {} | {} | {} |",
            search.name,
            column("read_units", 0),
            column("round_trips", 0),
            column("p50_ms", 1)
        );
    }
    let searches = searches.iter().zip(rows);
    let searches: Vec<Value> =
        searches.map(|(search, row)| json!({ "name": search.name, "sizes": row })).collect();
    keep("history", &json!({ "counts": COUNTS, "searches": searches }))
}

async fn measure(history: &History, search: &Search) -> Result<Value> {
    let History { measured, direct, key } = history;
    let parameters = search.parameters();
    let page = measured.search(&parameters).await;
    drop(page.answer.expect(200));
    let again = measured.v1.search(&parameters);
    let (answer, round_trips) = measured.round_trips(again).await;
    drop(answer.expect(200));
    let mut times = Vec::new();
    let mut found = 0;
    for n in 0..WARM_UP + RUNS {
        let (page, took) = search.run(&direct.ctx, key).await?;
        found = page.len();
        if n >= WARM_UP {
            times.push(took);
        }
    }
    Ok(json!({
        "read_units": page.read_units,
        "round_trips": round_trips,
        "rows": found,
        "p50_ms": searches::median_ms(&mut times),
    }))
}

fn listed(counts: &[usize]) -> String {
    counts.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
