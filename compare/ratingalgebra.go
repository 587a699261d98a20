package compare

import "math"

// square makes a matrix of zeros in one piece of memory.
func square(n int) [][]float64 {
	m, cells := make([][]float64, n), make([]float64, n*n)
	for i := range m {
		m[i] = cells[i*n : (i+1)*n : (i+1)*n]
	}
	return m
}

// length is the Euclidean length of a vector.
func length(v []float64) float64 {
	sum := 0.0
	for _, x := range v {
		sum += x * x
	}
	return math.Sqrt(sum)
}

// cholesky gives the lower triangle L with L·Lᵀ = m. Every matrix here is at least the identity, so
// that no pivot comes near zero. Source: Golub and Van Loan, Matrix Computations, 4.2.
func cholesky(m [][]float64) [][]float64 {
	l := square(len(m))
	for i := range m {
		for j := range i + 1 {
			sum := m[i][j]
			for k := range j {
				sum -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][i] = math.Sqrt(sum)
			} else {
				l[i][j] = sum / l[j][j]
			}
		}
	}
	return l
}

// solve gives x with L·Lᵀ·x = b.
func solve(l [][]float64, b []float64) []float64 {
	n := len(b)
	x := make([]float64, n)
	for i := range n {
		sum := b[i]
		for k := range i {
			sum -= l[i][k] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		sum := x[i]
		for k := i + 1; k < n; k++ {
			sum -= l[k][i] * x[k]
		}
		x[i] = sum / l[i][i]
	}
	return x
}

// inverse gives the inverse of L·Lᵀ.
func inverse(l [][]float64) [][]float64 {
	n := len(l)
	inv, unit := make([][]float64, n), make([]float64, n)
	for i := range n {
		unit[i] = 1
		inv[i] = solve(l, unit) // a row, since the inverse is symmetric
		unit[i] = 0
	}
	return inv
}
