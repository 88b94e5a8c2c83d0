package io.waybill.app;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.Principal;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntUnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Talks TLS to whoever shows one certificate, and says every header back. */
final class MutualTlsEcho implements AutoCloseable {
  private final Ed25519Identity own = Ed25519Identity.of(Optional.empty());
  private final List<Principal> clients = new CopyOnWriteArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpsServer server;

  /**
   * @param client who is let in
   * @param statuses of the first request, the second ...
   */
  MutualTlsEcho(X509Certificate client, IntUnaryOperator statuses) {
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
      SSLContext context = context(client);
      server.setHttpsConfigurator(
          new HttpsConfigurator(context) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters wanted = context.getDefaultSSLParameters();
              wanted.setNeedClientAuth(true);
              parameters.setSSLParameters(wanted);
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getRequestBody().readAllBytes();
            clients.add(((HttpsExchange) exchange).getSSLSession().getPeerPrincipal());
            byte[] said =
                exchange.getRequestHeaders().entrySet().toString().getBytes(StandardCharsets.UTF_8);
            exchange
                .getResponseHeaders()
                .set("X-Request-Id", exchange.getRequestHeaders().getFirst("X-Key"));
            exchange.sendResponseHeaders(statuses.applyAsInt(clients.size()), said.length);
            exchange.getResponseBody().write(said);
          }
        });
    server.start();
  }

  private SSLContext context(X509Certificate client) throws GeneralSecurityException, IOException {
    KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
    keys.init(own.keyStore(), new char[0]);
    KeyStore known = KeyStore.getInstance("PKCS12");
    known.load(null, null);
    known.setCertificateEntry("client", client);
    TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
    trust.init(known);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    return context;
  }

  URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** By which it is known. */
  String certificatePem() {
    return own.certificatePem();
  }

  /** Who sent the requests so far. */
  List<Principal> clients() {
    return clients;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }
}
