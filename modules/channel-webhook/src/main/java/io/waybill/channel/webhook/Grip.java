package io.waybill.channel.webhook;

import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.client5.http.async.AsyncExecChainHandler;
import org.apache.hc.client5.http.async.AsyncExecRuntime;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange holds of its connection, to break it off. Cancelling the client's future alone
 * is not enough: it may leave the connection of a receiver that says nothing open for ever.
 */
final class Grip {
  private static final String ATTRIBUTE = "waybill.grip";

  private final AtomicBoolean letGo = new AtomicBoolean();
  private volatile @Nullable AsyncExecRuntime connection;
  private volatile @Nullable Future<?> call;

  /** Hands the connection of each request to the grip in its context. */
  static AsyncExecChainHandler interceptor() {
    return (request, body, scope, chain, callback) -> {
      if (scope.clientContext.getAttribute(ATTRIBUTE) instanceof Grip grip) {
        grip.take(scope.execRuntime);
      }
      chain.proceed(request, body, scope, callback);
    };
  }

  /** A context for one request, by which {@link #interceptor} finds this. */
  HttpClientContext newContext() {
    HttpClientContext context = HttpClientContext.create();
    context.setAttribute(ATTRIBUTE, this);
    return context;
  }

  private void take(AsyncExecRuntime newConnection) {
    connection = newConnection;
    if (letGo.get()) {
      breakOff();
    }
  }

  void take(Future<?> newCall) {
    call = newCall;
    if (letGo.get()) {
      breakOff();
    }
  }

  /** Closes the connection, if there is one, and gives up what still waits for one. */
  void breakOff() {
    letGo.set(true);
    AsyncExecRuntime held = connection;
    if (held != null) {
      held.discardEndpoint();
    }
    Future<?> started = call;
    if (started != null) {
      started.cancel(true);
    }
  }
}
