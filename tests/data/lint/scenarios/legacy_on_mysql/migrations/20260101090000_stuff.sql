-- turntable:up
CREATE TABLE `user` (`id` int(11)) ENGINE=MyISAM DEFAULT CHARSET=utf8;
