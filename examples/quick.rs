use std::path::Path;
fn main() {
    let mut sources = billsim::text::Sources::default();
    let o = billsim::scenario::Overrides::default();
    let p = std::env::args().nth(1).unwrap();
    let sc = match billsim::scenario::load(Path::new(&p), &o, &mut sources) {
        Ok(s) => s,
        Err(e) => {
            eprintln!("{}", e.render(&sources, false));
            std::process::exit(2)
        }
    };
    let plan = billsim::plan::compile(&sc);
    println!("{}", sc.resolved());
    let t = std::time::Instant::now();
    let s = billsim::record::summarise(&plan).unwrap();
    let d = t.elapsed();
    for seg in &s.segments {
        println!("{:?}\n{:?}\n{:?}\n{:?}", seg.usage(), seg.money_total(), seg.status_total(), seg.tallies);
    }
    println!("{:?} {} ns/account-day", d, d.as_nanos() as f64 / (plan.accounts() * plan.calendar.days() as u64) as f64);
}
