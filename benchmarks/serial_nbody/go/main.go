// N steps of the sun and the four large planets, which attract each other.
package main

import (
	"math"
	"time"
)

const (
	solarMass = 4 * math.Pi * math.Pi
	days      = 365.24
)

type body struct {
	x, y, z, vx, vy, vz, mass float64
}

func planet(at [3]float64, speed [3]float64, mass float64) body {
	return body{at[0], at[1], at[2], speed[0] * days, speed[1] * days, speed[2] * days, mass * solarMass}
}

func bodies() []body {
	return []body{
		planet([3]float64{0.0, 0.0, 0.0}, [3]float64{0.0, 0.0, 0.0}, 1.0),
		planet([3]float64{4.841431442464721, -1.1603200440274284, -0.10362204447112311}, [3]float64{0.001660076642744037, 0.007699011184197404, -0.0000690460016972063023}, 0.0009547919384243266),
		planet([3]float64{8.34336671824458, 4.124798564124305, -0.4035234171143214}, [3]float64{-0.0027674251072641125, 0.004998528012349172, 0.0000230417297573763929}, 0.0002858859806661308),
		planet([3]float64{12.894369562139131, -15.111151401698631, -0.22330757889265573}, [3]float64{0.002964601375647616, 0.0023784717395948095, -0.0000296589568540237556}, 0.0000436624404335156298),
		planet([3]float64{15.379697114850917, -25.919314609987964, 0.17925877295037118}, [3]float64{0.0026806777249038932, 0.001628241700382423, -0.000095159225451971587}, 0.0000515138902046611451),
	}
}

// The sun moves so that the whole stands still.
func settle(bodies []body) {
	var px, py, pz float64
	for _, b := range bodies {
		px += b.vx * b.mass
		py += b.vy * b.mass
		pz += b.vz * b.mass
	}
	bodies[0].vx = 0 - px/solarMass
	bodies[0].vy = 0 - py/solarMass
	bodies[0].vz = 0 - pz/solarMass
}

func advance(bodies []body, dt float64) {
	for i := range bodies {
		b := &bodies[i]
		for j := i + 1; j < len(bodies); j++ {
			c := &bodies[j]
			dx, dy, dz := b.x-c.x, b.y-c.y, b.z-c.z
			square := dx*dx + dy*dy + dz*dz
			pull := dt / (square * math.Sqrt(square))
			mine, theirs := b.mass*pull, c.mass*pull
			b.vx -= dx * theirs
			b.vy -= dy * theirs
			b.vz -= dz * theirs
			c.vx += dx * mine
			c.vy += dy * mine
			c.vz += dz * mine
		}
	}
	for i := range bodies {
		b := &bodies[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func energy(bodies []body) float64 {
	e := 0.0
	for i, b := range bodies {
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for _, c := range bodies[i+1:] {
			dx, dy, dz := b.x-c.x, b.y-c.y, b.z-c.z
			e -= b.mass * c.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func main() {
	n := size()
	system := bodies()
	settle(system)
	begin := time.Now()
	for i := 0; i < n; i++ {
		advance(system, 0.01)
	}
	took := time.Since(begin)
	report(took, n, int64(energy(system)*1000000000))
}
