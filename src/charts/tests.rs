//! Charts as one reads them: their texts, their points, their last values.
use super::*;
#[test]
fn look() {
    let out = std::env::var("LOOK").unwrap_or("/tmp/look".into());
    for days in [1usize, 7, 30, 365, 1095, 3652] {
        let plan = sample::four(days);
        let start = std::time::Instant::now();
        draw(&plan, &sample::year(&plan), &Path::new(&out).join(days.to_string()), &[Format::Svg, Format::Png])
            .expect("drawn");
        println!("{days} {:?}", start.elapsed());
    }
    let names: Vec<String> = (0..12).map(|i| format!("segment-with-a-long-name-{i}")).collect();
    let segs: Vec<(&str, u64)> =
        names.iter().enumerate().map(|(i, n)| (n.as_str(), 10 + 900 * (i as u64 % 5))).collect();
    let plan = sample::plan(730, &segs);
    let sum = sample::year(&plan);
    draw(&plan, &sum, &Path::new(&out).join("twelve"), &[Format::Svg, Format::Png]).expect("drawn");
    draw(&plan, &Summary::new(&plan), &Path::new(&out).join("zero"), &[Format::Svg, Format::Png]).expect("drawn");
    let plan = sample::plan(200, &[("only", 10)]);
    draw(&plan, &sample::year(&plan), &Path::new(&out).join("one"), &[Format::Svg, Format::Png]).expect("drawn");
    let start = std::time::Instant::now();
    let page = &pages(&plan, &sum)[0].1;
    println!("pages {:?}", start.elapsed());
    let start = std::time::Instant::now();
    file::svg(page).unwrap();
    println!("svg {:?}", start.elapsed());
    let start = std::time::Instant::now();
    let (b, s) = file::bitmap(page).unwrap();
    println!("bitmap {:?}", start.elapsed());
    let start = std::time::Instant::now();
    file::encode(&b, s, Path::new("/tmp/look/x.png")).unwrap();
    println!("encode {:?}", start.elapsed());
}
