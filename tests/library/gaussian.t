# args: run --digits 5 {} ends x=[[0],[1],[2.5]] z=[[0.5],[3]] y=[1,0.2,-0.7] s=[[1,2],[2,3.5],[-1,0],[0,4],[3,3],[2,-1]]
# exit: 0
# Posterior, log-density and its derivative (half of a a^T - K^-1, a = K^-1 y), as NumPy has them; what is whitened has covariance 1.
import gaussian
fn ends(x: f32[3, 1], z: f32[2, 1], y: f32[3], s: f32[6, 2]) -> (f32[2], f32[2, 2], f32, f32[3, 3], f32[2, 2]) {
  K = with_noise(squared_exponential(x, x), 0.1)
  (m, C) = gp_posterior(K, squared_exponential(z, x), squared_exponential(z, z), y)
  l = gaussian_logp(y, zeros(3), K)
  W = decorrelation(s)
  c = s - mean[b](s[b, :])
  (m, C, l, grad(l, K), transpose(c @ W) @ (c @ W) / 6)
}
# ---
m = [0.6545, -0.55975]
C = 
[[0.084154, 0.015078],
 [0.015078, 0.27309]]
l = -3.381
result4 = 
[[-0.11372, 0.28057, -0.41357],
 [0.28057, -0.70789, 0.26708],
 [-0.41357, 0.26708, -0.32145]]
result5 = 
[[0.99999, 6.3578e-07],
 [6.3578e-07, 1]]
