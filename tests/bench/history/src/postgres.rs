//! The same rows and the same pages in Postgres: full text with a GIN index, and
//! a B-tree in the order of the pages, so that its planner can choose.

use std::path::Path;
use std::pin::pin;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use futures_util::SinkExt;
use serde_json::json;
use tokio_postgres::{Client, NoTls};

use crate::keep;
use crate::past::{self, COUNTS};
use crate::searches::{self, PREFIX, Page, RARE_AND_COMMON, Search, TWO_TENTHS};

const WARM_UP: usize = 20;
const RUNS: usize = 200;

/// `activities_newest` is what a team would have for its list of everything.
const SCHEMA: &str = "
    CREATE TABLE activities (
        id uuid PRIMARY KEY,
        type text NOT NULL,
        summary text NOT NULL,
        occurred_at timestamptz NOT NULL,
        logged_at timestamptz NOT NULL,
        words tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('english', summary)) STORED
    )";
const INDEXES: [&str; 3] = [
    "CREATE INDEX activities_words ON activities USING gin (words)",
    "CREATE INDEX activities_newest ON activities (occurred_at DESC, id DESC)",
    "VACUUM ANALYZE activities",
];
const SEARCH: &str = "
    SELECT id::text, type, summary, occurred_at::text, logged_at::text
    FROM activities WHERE words @@ to_tsquery('english', $1)
    ORDER BY occurred_at DESC, id DESC LIMIT 20";

pub(crate) async fn run(socket: &Path) -> Result<()> {
    let count = *COUNTS.last().expect("there are counts");
    let client = connect(socket).await?;
    fill(&client, count).await?;
    let history = past::open(count).await?;
    println!(
        "| {count} activities, page of 20 | p50, ms | Postgres, ms | Postgres / ours | its plan |"
    );
    println!("| --- | ---: | ---: | ---: | --- |");
    let mut result = json!({ "count": count });
    for name in [RARE_AND_COMMON, TWO_TENTHS, PREFIX] {
        let search = Search::named(name);
        let [(_, words)] = search.parameters()[..] else { bail!("{name} is more than words") };
        let asked = in_their_grammar(words);
        let statement = client.prepare(SEARCH).await?;
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for n in 0..WARM_UP + RUNS {
            let (page, took) = search.run(&history.direct.ctx, &history.key).await?;
            let (their_page, their_time) = ask(&client, &statement, &asked).await?;
            ensure!(page == their_page, "{name}: Postgres has another page");
            if n >= WARM_UP {
                ours.push(took);
                theirs.push(their_time);
            }
        }
        let plan = plan(&client, &asked).await?;
        let (ours, theirs) = (searches::median_ms(&mut ours), searches::median_ms(&mut theirs));
        println!("| {name} | {ours:.2} | {theirs:.2} | {:.1} | {plan} |", theirs / ours);
        result[name] = json!({ "p50_ms": ours, "postgres_p50_ms": theirs, "plan": plan });
    }
    keep("postgres", &result)
}

/// A query as Postgres writes it: all words, and `:*` behind the beginning of one.
fn in_their_grammar(words: &str) -> String {
    words.split(' ').map(|word| word.replace('*', ":*")).collect::<Vec<_>>().join(" & ")
}

async fn connect(socket: &Path) -> Result<Client> {
    let (client, connection) = tokio_postgres::Config::new()
        .host_path(socket)
        .user("bench")
        .dbname("postgres")
        .connect(NoTls)
        .await?;
    tokio::spawn(connection);
    // The planner sees the words and not a placeholder.
    client.batch_execute("SET plan_cache_mode = force_custom_plan").await?;
    Ok(client)
}

/// Loads the rows, unless they are there.
async fn fill(client: &Client, count: usize) -> Result<()> {
    let there = client.query_one("SELECT to_regclass('activities') IS NOT NULL", &[]).await?;
    if there.get::<_, bool>(0) {
        let rows: i64 = client.query_one("SELECT count(*) FROM activities", &[]).await?.get(0);
        ensure!(usize::try_from(rows)? == count, "Postgres has {rows} rows: remove its folder");
        return Ok(());
    }
    let started = Instant::now();
    client.batch_execute("BEGIN").await?;
    client.batch_execute(SCHEMA).await?;
    let copy = "COPY activities (id, type, summary, occurred_at, logged_at) FROM STDIN";
    let mut sink = pin!(client.copy_in(copy).await?);
    for row in past::rows(count) {
        // Nothing in a generated text has to be escaped.
        let line = format!(
            "{}\t{}\t{}\t{}\t{}\n",
            row.id, row.category, row.summary, row.occurred_at, row.logged_at
        );
        sink.send(bytes::Bytes::from(line)).await?;
    }
    sink.as_mut().finish().await?;
    client.batch_execute("COMMIT").await?;
    for index in INDEXES {
        client.batch_execute(index).await.context(index)?;
    }
    eprintln!("loaded Postgres in {:.0} s", started.elapsed().as_secs_f64());
    Ok(())
}

async fn ask(
    client: &Client,
    statement: &tokio_postgres::Statement,
    words: &str,
) -> Result<(Page, Duration)> {
    let started = Instant::now();
    let rows = client.query(statement, &[&words]).await?;
    let took = started.elapsed();
    Ok((rows.iter().map(|row| row.get(0)).collect(), took))
}

/// How the planner reads: the scans of the plan.
async fn plan(client: &Client, words: &str) -> Result<String> {
    let explain = format!("EXPLAIN {}", SEARCH.replace("$1", &format!("'{words}'")));
    let lines = client.query(&explain, &[]).await?;
    let scans = lines.iter().filter_map(|line| {
        let line = line.get::<_, String>(0);
        let node = line.trim().trim_start_matches("->").trim();
        node.contains("Scan").then(|| node.split("  (").next().unwrap_or(node).to_owned())
    });
    Ok(scans.collect::<Vec<_>>().join(", "))
}
