// A vector of floats comes in; its exponentials go out. Part of a level; see multiply.inl.

/// exp(x) as 2^n · exp(r) with |r| <= ln(2)/2 and exp(r) by a polynomial (a minimax fit of the relative error, 4e-9 in
/// exact arithmetic); within 2 units in the last place, 0 from -104 down and infinity from 89 up. NaN stays NaN.
GLOSSA_KERNEL_INLINE Vector<float> exponential(Vector<float> value) {
  // smallest() and largest() give their second operand where one is NaN.
  const Vector<float> x = largest(broadcast(-110.0f), smallest(broadcast(100.0f), value));
  const Vector<float> n = nearest(multiply(x, broadcast(1.44269504088896341f)));
  Vector<float> r = multiply_add(n, broadcast(-0.693145752f), x);  // ln(2) in two parts
  r = multiply_add(n, broadcast(-1.42860677e-06f), r);
  Vector<float> p = broadcast(0.00138146f);
  p = multiply_add(p, r, broadcast(0.00836872f));
  p = multiply_add(p, r, broadcast(0.04166839f));
  p = multiply_add(p, r, broadcast(0.16666521f));
  p = multiply_add(p, r, broadcast(0.49999994f));
  p = multiply_add(p, multiply(r, r), add(r, broadcast(1.0f)));
  return scale_by_power(p, n);
}
