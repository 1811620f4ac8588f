// Points and masses come in; how the masses push the points away goes out. Part of a level; see multiply.inl.

/// Some of the points, in as many registers as hide the time of a division.
template <class T, std::size_t Together>
struct Repelled {
  Vector<T> x[Together], y[Together], force_x[Together], force_y[Together], weights[Together];
};

template <class T>
GLOSSA_KERNEL void repel(const Repulsion<T>& p) {
  constexpr std::size_t lanes = kLanes<T>;
  constexpr std::size_t together = kRepelled / lanes > 2 ? 2 : kRepelled / lanes;
  const Vector<T> one = broadcast(T(1));
  for (std::size_t first = 0; first < kRepelled; first += lanes * together) {
    Repelled<T, together> r;
    for (std::size_t i = 0; i < together; ++i) {
      r.x[i] = load(p.x + first + i * lanes);
      r.y[i] = load(p.y + first + i * lanes);
      r.force_x[i] = r.force_y[i] = r.weights[i] = broadcast(T(0));
    }
    for (std::size_t m = 0; m < p.count + p.own; ++m) {
      const bool is_own = m >= p.count;
      const std::size_t number = is_own ? m - p.count : m;
      const Vector<T> mass_x = broadcast(is_own ? p.x[number] : p.mass_x[number]);
      const Vector<T> mass_y = broadcast(is_own ? p.y[number] : p.mass_y[number]);
      alignas(64) T masses[lanes * together];
      if (is_own)
        for (std::size_t l = 0; l < lanes * together; ++l) masses[l] = first + l == number ? T(0) : T(1);
      for (std::size_t i = 0; i < together; ++i) {
        const Vector<T> dx = subtract(r.x[i], mass_x);
        const Vector<T> dy = subtract(r.y[i], mass_y);
        const Vector<T> q = divide(one, multiply_add(dy, dy, multiply_add(dx, dx, one)));
        const Vector<T> weight = multiply(q, is_own ? load(masses + i * lanes) : broadcast(p.mass[number]));
        const Vector<T> force = multiply(weight, q);
        r.weights[i] = add(r.weights[i], weight);
        r.force_x[i] = multiply_add(force, dx, r.force_x[i]);
        r.force_y[i] = multiply_add(force, dy, r.force_y[i]);
      }
    }
    for (std::size_t i = 0; i < together; ++i) {
      store(p.force_x + first + i * lanes, r.force_x[i]);
      store(p.force_y + first + i * lanes, r.force_y[i]);
      store(p.weights + first + i * lanes, r.weights[i]);
    }
  }
}
