// N steps of the sun and the four large planets, which attract each other.
#[path = "../../common/bench.rs"]
mod bench;
use std::time::Instant;

const SOLAR_MASS: f64 = 4.0 * std::f64::consts::PI * std::f64::consts::PI;
const DAYS: f64 = 365.24;

struct Body {
    x: f64,
    y: f64,
    z: f64,
    vx: f64,
    vy: f64,
    vz: f64,
    mass: f64,
}

fn planet(at: [f64; 3], speed: [f64; 3], mass: f64) -> Body {
    let [x, y, z] = at;
    let [vx, vy, vz] = speed.map(|v| v * DAYS);
    Body { x, y, z, vx, vy, vz, mass: mass * SOLAR_MASS }
}

fn bodies() -> Vec<Body> {
    vec![
        planet([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 1.0),
        planet(
            [4.841431442464721, -1.1603200440274284, -0.10362204447112311],
            [0.001660076642744037, 0.007699011184197404, -0.0000690460016972063023],
            0.0009547919384243266,
        ),
        planet(
            [8.34336671824458, 4.124798564124305, -0.4035234171143214],
            [-0.0027674251072641125, 0.004998528012349172, 0.0000230417297573763929],
            0.0002858859806661308,
        ),
        planet(
            [12.894369562139131, -15.111151401698631, -0.22330757889265573],
            [0.002964601375647616, 0.0023784717395948095, -0.0000296589568540237556],
            0.0000436624404335156298,
        ),
        planet(
            [15.379697114850917, -25.919314609987964, 0.17925877295037118],
            [0.0026806777249038932, 0.001628241700382423, -0.000095159225451971587],
            0.0000515138902046611451,
        ),
    ]
}

// The sun moves so that the whole stands still.
fn settle(bodies: &mut [Body]) {
    let (mut px, mut py, mut pz) = (0.0, 0.0, 0.0);
    for b in bodies.iter() {
        px += b.vx * b.mass;
        py += b.vy * b.mass;
        pz += b.vz * b.mass;
    }
    bodies[0].vx = 0.0 - px / SOLAR_MASS;
    bodies[0].vy = 0.0 - py / SOLAR_MASS;
    bodies[0].vz = 0.0 - pz / SOLAR_MASS;
}

fn advance(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        let (before, after) = bodies.split_at_mut(i + 1);
        let b = &mut before[i];
        for c in after {
            let (dx, dy, dz) = (b.x - c.x, b.y - c.y, b.z - c.z);
            let square = dx * dx + dy * dy + dz * dz;
            let pull = dt / (square * square.sqrt());
            let (mine, theirs) = (b.mass * pull, c.mass * pull);
            b.vx -= dx * theirs;
            b.vy -= dy * theirs;
            b.vz -= dz * theirs;
            c.vx += dx * mine;
            c.vy += dy * mine;
            c.vz += dz * mine;
        }
    }
    for b in bodies {
        b.x += dt * b.vx;
        b.y += dt * b.vy;
        b.z += dt * b.vz;
    }
}

fn energy(bodies: &[Body]) -> f64 {
    let mut e = 0.0;
    for (i, b) in bodies.iter().enumerate() {
        e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
        for c in &bodies[i + 1..] {
            let (dx, dy, dz) = (b.x - c.x, b.y - c.y, b.z - c.z);
            e -= b.mass * c.mass / (dx * dx + dy * dy + dz * dz).sqrt();
        }
    }
    e
}

fn main() {
    let n = bench::size();
    let mut system = bodies();
    settle(&mut system);
    let begin = Instant::now();
    for _ in 0..n {
        advance(&mut system, 0.01);
    }
    let ns = begin.elapsed().as_nanos();
    println!("RESULT ns={ns} ops={n} check={}", (energy(&system) * 1000000000.0) as i64);
}
