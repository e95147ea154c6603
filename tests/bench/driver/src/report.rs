//! Plots from what was kept, for docs/measurements.md.

use std::path::Path;

use anyhow::{Context, Result, anyhow, ensure};
use plotters::prelude::*;
use serde_json::Value;

const FONT: &str = "sans-serif";
/// Colours that differ in print and for the colour-blind, too (Okabe and Ito).
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(230, 159, 0),
];
/// The searches that are plotted, by the names of the sweep.
const PLOTTED: [&str; 5] = [
    "everything",
    "a common word (1 of 2)",
    "a rare word (6 in all)",
    "a rare word (6 in all) and a common one (1 of 2)",
    "two common words (each 1 of 10)",
];

/// Writes the plots to `docs/figures`, of those parts that were measured.
pub(crate) fn write(root: &Path, results: &Path) -> Result<usize> {
    let figures = root.join("docs/figures");
    std::fs::create_dir_all(&figures)?;
    let mut plotted = 0;
    for (part, plot) in
        [("cold", plot_cold as fn(&Path, &Value) -> Result<()>), ("history", plot_history)]
    {
        let path = results.join(part).with_extension("json");
        if !path.exists() {
            eprintln!("{part} was not measured");
            continue;
        }
        let result = serde_json::from_slice(&std::fs::read(&path)?)?;
        let figure = figures.join(part).with_extension("svg");
        plot(&figure, &result).with_context(|| figure.display().to_string())?;
        println!("{}", figure.display());
        plotted += 1;
    }
    ensure!(plotted > 0, "there is nothing to plot");
    Ok(0)
}

/// Bars: the start and the first log of each program.
fn plot_cold(figure: &Path, result: &Value) -> Result<()> {
    const BARS: [(&str, &str); 5] = [
        ("floor", "Rust, no calls"),
        ("raw-calls", "Rust, the calls of log alone"),
        ("log", "log"),
        ("node", "Node 20, SDK v3, powertools"),
        ("python", "Python 3.11, boto3, powertools"),
    ];
    let area = SVGBackend::new(figure, (760, 300)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption("init and first log over HTTPS, ms, logarithmic", (FONT, 16))
        .margin(12)
        .margin_right(36)
        .x_label_area_size(30)
        .y_label_area_size(210)
        .build_cartesian_2d((1.0..1_000.0).log_scale(), 0.0..BARS.len() as f64)?;
    let mut mesh = chart.configure_mesh();
    mesh.disable_y_mesh().disable_y_axis().x_labels(4).x_label_formatter(&whole).draw()?;
    for (index, (name, title)) in BARS.iter().enumerate() {
        let top = (BARS.len() - index) as f64;
        let sum = number(&result[name]["sum_ms"])?;
        let colour = COLOURS[usize::from(*name == "log")];
        let bar = Rectangle::new([(1.0, top - 0.8), (sum, top - 0.2)], colour.filled());
        chart.draw_series([bar])?;
        chart.draw_series([Text::new(format!(" {sum:.1}"), (sum, top - 0.58), (FONT, 14))])?;
        let (_, y) = chart.backend_coord(&(1.0, top - 0.58));
        area.draw_text(title, &(FONT, 14).into_text_style(&area), (14, y))?;
    }
    area.present()?;
    Ok(())
}

fn whole(number: &f64) -> String {
    format!("{number:.0}")
}

/// Lines: read units and time of each search by the length of the history.
fn plot_history(figure: &Path, result: &Value) -> Result<()> {
    let counts: Vec<f64> = list(&result["counts"])?.iter().map(number).collect::<Result<_>>()?;
    let (first, last) = (counts[0], counts[counts.len() - 1]);
    let searches: Vec<&Value> = list(&result["searches"])?
        .iter()
        .filter(|search| search["name"].as_str().is_some_and(|name| PLOTTED.contains(&name)))
        .collect();
    let area = SVGBackend::new(figure, (960, 400)).into_drawing_area();
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(480);
    for (area, column, caption, legend) in [
        (&left, "read_units", "read units of a page of 20", true),
        (&right, "p50_ms", "p50 of a page of 20, ms, embedded engine", false),
    ] {
        let lines = searches
            .iter()
            .map(|search| {
                let cells = list(&search["sizes"])?.iter().zip(&counts);
                cells.map(|(cell, count)| Ok((*count, number(&cell[column])?))).collect()
            })
            .collect::<Result<Vec<Vec<(f64, f64)>>>>()?;
        let highest = lines.iter().flatten().map(|(_, value)| *value).fold(0.0, f64::max);
        let mut chart = ChartBuilder::on(area)
            .caption(caption, (FONT, 16))
            .margin(12)
            .margin_right(36)
            .x_label_area_size(36)
            .y_label_area_size(44)
            .build_cartesian_2d((first..last).log_scale(), 0.0..highest * 1.9)?;
        let mut mesh = chart.configure_mesh();
        mesh.x_desc("activities").x_labels(4);
        mesh.x_label_formatter(&whole).y_label_formatter(&whole).draw()?;
        for ((line, search), colour) in lines.into_iter().zip(&searches).zip(COLOURS) {
            let name = search["name"].as_str().context("a search has a name")?;
            chart
                .draw_series(LineSeries::new(line.clone(), colour.stroke_width(2)).point_size(3))?
                .label(name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 14, y)], colour));
        }
        if legend {
            chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).draw()?;
        }
    }
    area.present()?;
    Ok(())
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().ok_or_else(|| anyhow!("{value} is no number"))
}

fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().ok_or_else(|| anyhow!("{value} is no list"))
}
