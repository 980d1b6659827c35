// A point of the Mandelbrot set, for the Rust contenders of mandelbrot and serial_mandelbrot.

// How often it is iterated, at most 200 times.
pub fn iterations(x: f64, y: f64) -> u64 {
    let (mut re, mut im, mut count) = (0.0, 0.0, 0);
    while count < 200 {
        let (re2, im2) = (re * re, im * im);
        if re2 + im2 > 4.0 {
            break;
        }
        im = 2.0 * re * im + y;
        re = re2 - im2 + x;
        count += 1;
    }
    count
}
