// Ten steps of N bodies that attract each other, each pair looked at, by par_iter_mut.
#[path = "../../common/bench.rs"]
mod bench;
use rayon::prelude::*;
use std::time::Instant;

#[derive(Clone)]
struct Body {
    at: [f64; 3],
    speed: [f64; 3],
    mass: f64,
}

fn step(body: &mut Body, before: &[Body]) {
    let (mut ax, mut ay, mut az) = (0.0, 0.0, 0.0);
    let [x, y, z] = body.at;
    for other in before {
        let (dx, dy, dz) = (other.at[0] - x, other.at[1] - y, other.at[2] - z);
        let square = dx * dx + dy * dy + dz * dz + 0.01;
        let pull = other.mass / (square * square.sqrt());
        ax += dx * pull;
        ay += dy * pull;
        az += dz * pull;
    }
    for (axis, pull) in [ax, ay, az].into_iter().enumerate() {
        body.speed[axis] += pull * 0.001;
        body.at[axis] += body.speed[axis] * 0.001;
    }
}

fn main() {
    let n = bench::size();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(bench::workers()).build().unwrap();
    pool.install(|| {
        let mut bodies: Vec<Body> = (0..n)
            .map(|i| i as f64)
            .map(|t| Body { at: [t % 17.0, t % 13.0, t % 11.0], speed: [0.0; 3], mass: 1.0 + t % 3.0 })
            .collect();
        let begin = Instant::now();
        for _ in 0..10 {
            let before = bodies.clone();
            bodies.par_iter_mut().for_each(|body| step(body, &before));
        }
        let check: f64 = bodies.iter().map(|body| body.at[0] + body.at[1] + body.at[2]).sum();
        bench::result(begin, 10 * n * n, (check * 1000.0) as u64);
    });
}
