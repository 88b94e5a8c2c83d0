package io.waybill.channel.storage;

import java.net.Socket;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.ssl.ClientTlsStrategyBuilder;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.ssl.TLS;
import org.apache.hc.core5.pool.PoolConcurrencyPolicy;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/**
 * Builds the HTTP client that sends one request once. By default HttpClient would send it again
 * after 503, follow redirects to another host, and inflate whatever it gets.
 */
final class HardenedClient {
  private HardenedClient() {}

  private static final int MAX_ANSWER_HEADERS = 200;
  private static final int MAX_ANSWER_LINE = 16 * 1024;

  /** A net below the attempt's own deadline, which is at most five minutes. */
  private static final Timeout NET = Timeout.ofMinutes(6);

  /**
   * A client that is ready.
   *
   * @param addresses all that it may dial
   * @param sockets that dial them
   */
  static CloseableHttpClient build(
      StorageSettings settings,
      DnsResolver addresses,
      Supplier<Socket> sockets,
      SSLContext sslContext) {
    Http1Config limits =
        Http1Config.custom()
            .setMaxHeaderCount(MAX_ANSWER_HEADERS)
            .setMaxLineLength(MAX_ANSWER_LINE)
            .setMaxEmptyLineCount(10)
            .build();
    return HttpClients.custom()
        .setConnectionManager(
            new OwnConnections(sockets)
                .setDnsResolver(addresses)
                .setConnectionFactory(
                    ManagedHttpClientConnectionFactory.builder()
                        .http1Config(limits)
                        // The client's own would read past what is not HTTP, for ever.
                        .responseParserFactory(new DefaultHttpResponseParserFactory(limits))
                        .build())
                .setPoolConcurrencyPolicy(PoolConcurrencyPolicy.LAX)
                .setMaxConnPerRoute(settings.maxConnections())
                .setMaxConnTotal(settings.maxConnections())
                .setDefaultConnectionConfig(
                    ConnectionConfig.custom()
                        .setConnectTimeout(Timeout.of(settings.connectTimeout()))
                        .setSocketTimeout(NET)
                        .setTimeToLive(TimeValue.of(settings.timeToLive()))
                        .setValidateAfterInactivity(TimeValue.ofSeconds(2))
                        .build())
                .setDefaultTlsConfig(
                    TlsConfig.custom()
                        .setHandshakeTimeout(Timeout.of(settings.connectTimeout()))
                        .setSupportedProtocols(TLS.V_1_2, TLS.V_1_3)
                        .build())
                .setTlsSocketStrategy(
                    ClientTlsStrategyBuilder.create()
                        .setSslContext(sslContext)
                        .setTlsVersions(TLS.V_1_2, TLS.V_1_3)
                        .buildClassic())
                .build())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setConnectionRequestTimeout(NET)
                .setResponseTimeout(NET)
                .setConnectionKeepAlive(TimeValue.of(settings.keepAlive()))
                .setRedirectsEnabled(false)
                .setAuthenticationEnabled(false)
                .setContentCompressionEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .setExpectContinueEnabled(false)
                .build())
        .setUserAgent(settings.userAgent())
        .disableAutomaticRetries()
        .disableRedirectHandling()
        .disableContentCompression()
        .disableCookieManagement()
        .disableAuthCaching()
        .disableConnectionState()
        .evictExpiredConnections()
        .evictIdleConnections(TimeValue.of(settings.keepAlive()))
        .build();
  }

  /** Dials with sockets that it was given. */
  private static final class OwnConnections extends PoolingHttpClientConnectionManagerBuilder {
    private final Supplier<Socket> sockets;

    OwnConnections(Supplier<Socket> sockets) {
      this.sockets = sockets;
    }

    @Override
    protected HttpClientConnectionOperator createConnectionOperator(
        SchemePortResolver ports, DnsResolver addresses, TlsSocketStrategy tls) {
      return new DefaultHttpClientConnectionOperator(
          _ -> sockets.get(),
          ports,
          addresses,
          RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
    }
  }
}
