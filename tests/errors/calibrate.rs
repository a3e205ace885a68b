//! Mistakes in what `calibrate` is asked.

use super::{Case, typed};

const USAGE: &str =
    "account,date,product,meter,quantity\na,2026-01-01,api,call,5\na,2026-01-02,Web,call,6\nb,2026-01-01,api,check,0\n";

fn usage(command: &str) -> Case {
    typed(&format!("calibrate --usage usage.csv {command}")).file("usage.csv", USAGE)
}

refused! {
    calibrate_without_a_file: typed("calibrate --usage none.csv");
    calibrate_several_products: usage("");
    calibrate_an_unknown_product: usage("--product apy");
    calibrate_an_unknown_meter: usage("--product api --meter cal");
    calibrate_a_product_that_is_no_id: usage("--product Web");
    calibrate_nothing_but_zeros: usage("--product api --meter check");
    calibrate_no_days: usage("--product api --hold-out 2");
    calibrate_a_wrong_row: typed("calibrate --usage usage.csv").file("usage.csv", "account,date,meter,quantity\na,2026-01-01,call,many\n");
    calibrate_into_a_foreign_folder: usage("--product api --out notes").file("notes/mine.txt", "");
}
