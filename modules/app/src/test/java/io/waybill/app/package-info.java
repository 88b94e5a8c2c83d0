/** The whole pipeline on a real broker: what the receiver got, what the topics hold. */
@NullMarked
package io.waybill.app;

import org.jspecify.annotations.NullMarked;
