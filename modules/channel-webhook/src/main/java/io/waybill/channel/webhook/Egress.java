package io.waybill.channel.webhook;

import io.waybill.guard.EgressProxy;
import java.net.InetAddress;
import java.util.Optional;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.RouteInfo.LayerType;
import org.apache.hc.client5.http.RouteInfo.TunnelType;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.nio.DefaultAsyncClientConnectionOperator;
import org.apache.hc.client5.http.impl.nio.PoolingAsyncClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.nio.AsyncClientConnectionOperator;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.nio.ssl.TlsStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.NamedEndpoint;
import org.jspecify.annotations.Nullable;

/**
 * One request's way through the operator's proxy, which stands in the request's context. Knows
 * whether the proxy has let it through: until then whatever goes wrong is the proxy's.
 */
final class Egress {
  private static final String ATTRIBUTE = "waybill.egress";

  private final EgressProxy proxy;
  private final HttpRoute route;
  private volatile boolean through;

  /**
   * A way that nobody has gone yet.
   *
   * @param target as the URL has it
   * @param judged the address that the proxy is asked for, unless it is asked by name
   */
  Egress(EgressProxy proxy, HttpHost target, InetAddress judged) {
    this.proxy = proxy;
    boolean secure = URIScheme.HTTPS.same(target.getSchemeName());
    int port = target.getPort() >= 0 ? target.getPort() : secure ? 443 : 80;
    HttpHost asked =
        new HttpHost(target.getSchemeName(), proxy.asked(target.getHostName(), judged), port);
    // CONNECT for http as well: the proxy sees where, never what.
    this.route =
        new HttpRoute(
            asked,
            // Whom the certificate must name, whatever the proxy is asked for.
            target,
            null,
            new HttpHost[] {new HttpHost(URIScheme.HTTP.id, proxy.host(), proxy.port())},
            secure,
            TunnelType.TUNNELLED,
            secure ? LayerType.LAYERED : LayerType.PLAIN);
  }

  /** Takes the request of this context that way. */
  void lead(HttpClientContext context) {
    context.setAttribute(ATTRIBUTE, this);
    proxy
        .logIn()
        .ifPresent(logIn -> {
          BasicScheme basic = new BasicScheme();
          basic.initPreemptive(
              new UsernamePasswordCredentials(logIn.user(), logIn.password().toCharArray()));
          AuthExchange exchange = new AuthExchange();
          exchange.select(basic);
          context.setAuthExchange(route.getProxyHost(), exchange);
        });
  }

  /** Whether the proxy has connected on. */
  boolean isThrough() {
    return through;
  }

  /** Marks the request of this context, if it goes through a proxy, as let through. */
  static void markThrough(@Nullable HttpContext context) {
    of(context).ifPresent(egress -> egress.through = true);
  }

  private static Optional<Egress> of(@Nullable HttpContext context) {
    return context != null && context.getAttribute(ATTRIBUTE) instanceof Egress egress
        ? Optional.of(egress)
        : Optional.empty();
  }

  /** Direct, but for requests that were led elsewhere. */
  static HttpRoutePlanner routes() {
    DefaultRoutePlanner direct = new DefaultRoutePlanner(null);
    return (target, context) -> {
      Optional<Egress> egress = of(context);
      return egress.isPresent() ? egress.get().route : direct.determineRoute(target, context);
    };
  }

  /** Connections that tell when TLS begins, which is behind the proxy. */
  static PoolingAsyncClientConnectionManagerBuilder connections() {
    return new PoolingAsyncClientConnectionManagerBuilder() {
      @Override
      protected AsyncClientConnectionOperator createConnectionOperator(
          TlsStrategy tls, SchemePortResolver ports, DnsResolver addresses) {
        return new Operator(tls, ports, addresses);
      }
    };
  }

  private static final class Operator extends DefaultAsyncClientConnectionOperator {
    Operator(TlsStrategy tls, SchemePortResolver ports, DnsResolver addresses) {
      super(
          RegistryBuilder.<TlsStrategy>create().register(URIScheme.HTTPS.id, tls).build(),
          ports,
          addresses);
    }

    @Override
    public void upgrade(
        ManagedAsyncClientConnection connection,
        HttpHost host,
        @Nullable NamedEndpoint name,
        @Nullable Object attachment,
        @Nullable HttpContext context,
        @Nullable FutureCallback<ManagedAsyncClientConnection> callback) {
      markThrough(context);
      super.upgrade(connection, host, name, attachment, context, callback);
    }
  }
}
